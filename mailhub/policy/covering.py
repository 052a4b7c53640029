"""Which files of a mail sign the files of a letter: joined by digest, never by name.

What was signed has to be what is filed. A signature beside a document or around it counts for the document only where the
bytes that it is over are the document's own, through any number of envelopes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailhub.checking.reading import ReadFile
from mailhub.policy.case import LetterFacts, SignatureFile, SignatureScope
from parsers.files.model import FileKind
from parsers.signatures.model import MAIL_FORMAT, SubIndication

OTHER_SIGNATURES = frozenset({"application/pgp-signature"})
"""Types of detached signatures that are known by their look and evaluated by nothing here."""

ENVELOPES = frozenset({FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.SIGNATURE})


@dataclass(slots=True)
class _Joining:
    """The join on its way: digests that stand for files of the letter, and the files that sign them.

    Every step asks an index: a hostile mail may hold thousands of files, and each of them may claim to sign another.
    """

    files: tuple[ReadFile, ...]
    own: tuple[ReadFile, ...]
    signing: tuple[ReadFile, ...] = ()
    stands_for: dict[str, set[str]] = field(default_factory=dict)
    over: dict[str, set[str]] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_digest: dict[str, list[ReadFile]] = field(default_factory=lambda: defaultdict(list))
    messages: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Index the files: by digest, and what of the letter each envelope holds."""
        self.signing = tuple(file for file in self.files if may_sign(file))
        self.messages = {file.path for file in self.files if file.kind is FileKind.MESSAGE}
        self.stands_for = {file.sha256: {file.sha256} for file in self.own}
        for file in self.files:
            self.by_digest[file.sha256].append(file)
        for file in self.own:
            for path in envelopes_of(file.path):
                self.held[path].add(file.sha256)

    def join(self) -> None:
        """From the letter's files outwards: an envelope around one of them is signed in its stead."""
        grown = True
        while grown:
            grown = False
            for file in self.signing:
                found = {sha256 for digest in covers(file) for sha256 in self.stands_for.get(digest, ())} - {file.sha256}
                if found <= self.over.get(file.path, set()):
                    continue
                self.over.setdefault(file.path, set()).update(found)
                inside = found & self.held.get(file.path, set())
                if inside:
                    self.stands_for.setdefault(file.sha256, set()).update(inside)
                grown = True

    def signature_file(self, file: ReadFile) -> SignatureFile | None:
        """The file with what it signs, None where that is no business of the letter."""
        over = self.over.get(file.path)
        if is_mail_signature(file):
            # A mail that was attached may be anybody's: its signature says nothing about the mail around it.
            attached = not self.messages.isdisjoint(envelopes_of(file.path))
            return None if attached else SignatureFile(file=file, scope=SignatureScope.MAIL)
        if over:
            return SignatureFile(file=file, scope=SignatureScope.FILES, over=tuple(sorted(over)))
        around = self._around(file)
        if around:
            return SignatureFile(file=file, scope=SignatureScope.CONTAINER, over=around)
        lost = is_detached(file) and not any(digest in self.by_digest for digest in covers(file))
        return SignatureFile(file=file, scope=SignatureScope.NOTHING) if lost else None

    def _around(self, file: ReadFile) -> tuple[str, ...]:
        """The letter's files that lie in a signed envelope, or in one that the file signs."""
        signed = [one for digest in covers(file) for one in self.by_digest.get(digest, ()) if one.kind in ENVELOPES]
        signed += [file] if file.kind in ENVELOPES and bears_signatures(file) else []
        return tuple(sorted({sha256 for envelope in signed for sha256 in self.held.get(envelope.path, ())}))


def signature_files(files: Iterable[ReadFile], own: tuple[ReadFile, ...]) -> tuple[SignatureFile, ...]:
    """Those of a mail's files that sign a letter's own ones, the mail itself, or nothing that came; in the mail's order."""
    joining = _Joining(files=tuple(files), own=own)
    joining.join()
    found = (joining.signature_file(file) for file in joining.signing)
    return tuple(item for item in found if item is not None)


def by_document(items: Iterable[SignatureFile]) -> dict[str, tuple[ReadFile, ...]]:
    """The files that sign each of a letter's files, by the digest of what they sign."""
    found: dict[str, list[ReadFile]] = defaultdict(list)
    for item in items:
        for sha256 in item.over:
            found[sha256].append(item.file)
    return {sha256: tuple(files) for sha256, files in found.items()}


def envelopes_of(path: str) -> Iterator[str]:
    """The paths of the containers that a file lies in, the innermost first."""
    while "!" in path:
        path = path.rpartition("!")[0]
        yield path


def covers(file: ReadFile) -> tuple[str, ...]:
    """What the file's signatures are over beside the file itself; a mail's signature is over no document."""
    return file.signatures.covers if file.signatures is not None and not is_mail_signature(file) else ()


def may_sign(file: ReadFile) -> bool:
    """Whether a signature of any kind was seen in the file."""
    return bears_signatures(file) or file.media_type in OTHER_SIGNATURES or bool(covers(file))


def is_held_by(file: ReadFile, envelope: ReadFile) -> bool:
    """Whether a file came out of an envelope."""
    return file.path.startswith(f"{envelope.path}!")


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


def signing_files(facts: LetterFacts) -> tuple[ReadFile, ...]:
    """The files that sign the letter's files, or nothing that came, beside the letter's own."""
    own = {file.path for file in facts.files}
    beside = (item.file for item in facts.signature_files if item.scope is not SignatureScope.MAIL)
    return tuple(file for file in beside if file.path not in own)


def signed_files(facts: LetterFacts) -> tuple[ReadFile, ...]:
    """The letter's files, and those that sign them or the mail, each once."""
    own = {file.path for file in facts.files}
    mail = (item.file for item in facts.signature_files if item.scope is SignatureScope.MAIL)
    return (*facts.files, *signing_files(facts), *(file for file in mail if file.path not in own))
