"""Which files of a mail sign the files of a letter: joined by digest, never by name.

What was signed has to be what is filed. A signature beside a document or around it counts for the document only where the
bytes that it is over are the document's own, through any number of envelopes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailhub.checking.reading import ReadFile
from mailhub.policy.case import SignatureFile, SignatureScope
from parsers.files.containers import FileKind
from parsers.signatures.model import MAIL_FORMAT, SubIndication

OTHER_SIGNATURES = frozenset({"application/pgp-signature"})
"""Types of detached signatures that are known by their look and evaluated by nothing here."""

ENVELOPES = frozenset({FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.SIGNATURE})


@dataclass(slots=True)
class _Joining:
    """The join on its way: digests that stand for files of the letter, and the files that sign them."""

    files: tuple[ReadFile, ...]
    own: tuple[ReadFile, ...]
    stands_for: dict[str, set[str]] = field(default_factory=dict)
    over: dict[str, set[str]] = field(default_factory=dict)

    def join(self) -> None:
        """From the letter's files outwards: an envelope around one of them is signed in its stead."""
        self.stands_for = {file.sha256: {file.sha256} for file in self.own}
        signing = [file for file in self.files if covers(file)]
        grown = True
        while grown:
            grown = False
            for file in signing:
                found = {sha256 for digest in covers(file) for sha256 in self.stands_for.get(digest, ())} - {file.sha256}
                if found <= self.over.get(file.path, set()):
                    continue
                self.over.setdefault(file.path, set()).update(found)
                inside = {sha256 for sha256 in found if any(one.sha256 == sha256 for one in held_by(file, self.own))}
                if inside:
                    self.stands_for.setdefault(file.sha256, set()).update(inside)
                grown = True

    def signature_file(self, file: ReadFile) -> SignatureFile | None:
        """The file with what it signs, None where that is no business of the letter."""
        over = self.over.get(file.path)
        if is_mail_signature(file):
            # A mail that was attached may be anybody's: its signature says nothing about the mail around it.
            attached = any(mail.kind is FileKind.MESSAGE for mail in self.files if file.path.startswith(f"{mail.path}!"))
            return None if attached else SignatureFile(file=file, scope=SignatureScope.MAIL)
        if over:
            return SignatureFile(file=file, scope=SignatureScope.FILES, over=tuple(sorted(over)))
        around = self._around(file)
        if around:
            return SignatureFile(file=file, scope=SignatureScope.CONTAINER, over=around)
        lost = is_detached(file) and not set(covers(file)) & {other.sha256 for other in self.files}
        return SignatureFile(file=file, scope=SignatureScope.NOTHING) if lost else None

    def _around(self, file: ReadFile) -> tuple[str, ...]:
        """The letter's files that lie in a signed envelope, or in one that the file signs."""
        envelopes = [one for one in self.files if one.kind in ENVELOPES and one.sha256 in covers(file)]
        envelopes += [file] if file.kind in ENVELOPES and bears_signatures(file) else []
        return tuple(sorted({inner.sha256 for envelope in envelopes for inner in held_by(envelope, self.own)}))


def signature_files(files: Iterable[ReadFile], own: tuple[ReadFile, ...]) -> tuple[SignatureFile, ...]:
    """Those of a mail's files that sign a letter's own ones, the mail itself, or nothing that came; in the mail's order."""
    joining = _Joining(files=tuple(files), own=own)
    joining.join()
    found = (joining.signature_file(file) for file in joining.files)
    return tuple(item for item in found if item is not None)


def covers(file: ReadFile) -> tuple[str, ...]:
    """What the file's signatures are over beside the file itself; a mail's signature is over no document."""
    return file.signatures.covers if file.signatures is not None and not is_mail_signature(file) else ()


def held_by(envelope: ReadFile, files: Iterable[ReadFile]) -> Iterator[ReadFile]:
    """Those of the files that came out of the envelope."""
    return (file for file in files if file.path.startswith(f"{envelope.path}!"))


def is_mail_signature(file: ReadFile) -> bool:
    """Whether the file's signatures are about a mail: they never make a letter signed."""
    found = file.signatures
    return found is not None and MAIL_FORMAT in {found.format, *(report.format for report in found.signatures)}


def bears_signatures(file: ReadFile) -> bool:
    """Whether any signature was seen in the file."""
    return file.signatures is not None and file.signatures.indication is not None


def is_detached(file: ReadFile) -> bool:
    """Whether the file is a signature that stands alone and has to find its document."""
    if file.media_type in OTHER_SIGNATURES:
        return True
    if not bears_signatures(file) or file.signatures is None:
        return False
    lost = any(report.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND for report in file.signatures.signatures)
    return lost or file.kind is FileKind.SIGNATURE
