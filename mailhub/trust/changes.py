"""What turns one trust set into another: from a folder of certificates, or between two versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.trust.certificates import CertificateFile, read_certificates, read_folder
from storage.records import TrustCertificate, TrustPurpose

FOLDERS: Mapping[str, TrustPurpose] = {
    "signers": TrustPurpose.SIGNER,
    "tsa": TrustPurpose.TSA,
    "intermediates": TrustPurpose.INTERMEDIATE,
}
"""Subfolders that say what the certificates in them are for."""

EMPTY = Text(
    vi="không thể bỏ chứng thư gốc cuối cùng: không chữ ký nào còn kiểm tra được. Hãy thêm chứng thư thay thế trước",
    en="the last trusted root cannot be taken away: no signature could be checked any more. Add the one that replaces it first",
)


class ChangeKind(StrEnum):
    """What becomes of a certificate."""

    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One certificate for one purpose. `file` holds it where it came from a file, and is empty otherwise."""

    kind: ChangeKind
    sha256: str
    purpose: TrustPurpose
    der: bytes
    source: str
    file: tuple[CertificateFile, ...] = ()


Wanted = dict[tuple[str, TrustPurpose], CertificateFile]


def wanted_by(path: Path, purpose: TrustPurpose | None = None) -> Wanted:
    """The certificates of a file or folder with their purposes.

    In a folder, `signers`, `tsa` and `intermediates` say what theirs are for; elsewhere roots are for signers, all others are
    intermediates, and `purpose` goes before both. Raises RefusedError for what is no certificate, and for a folder without any.
    """
    found: Wanted = {}
    loose = read_folder(path) if path.is_dir() else read_certificates(path)
    for item in loose:
        found[item.sha256, purpose or purpose_of(item)] = item
    for name, its in FOLDERS.items() if path.is_dir() else ():
        if (path / name).is_dir():
            found |= {(item.sha256, purpose or its): item for item in read_folder(path / name)}
    if not found:
        raise RefusedError(Text(vi=f"không có chứng thư nào trong {path}", en=f"there is no certificate in {path}"))
    return found


def purpose_of(item: CertificateFile) -> TrustPurpose:
    """What a certificate is for where nobody says it: timestamping authorities are never guessed."""
    return TrustPurpose.SIGNER if item.is_root else TrustPurpose.INTERMEDIATE


def changes_to(current: Iterable[TrustCertificate], wanted: Wanted, *, prune: bool) -> tuple[Change, ...]:
    """What an import comes to. With `prune` what the folder does not hold goes out of the set.

    Raises RefusedError for a new anchor that is no root.
    """
    there = {(item.sha256, item.purpose): item for item in current}
    for key, item in wanted.items():
        if key not in there:
            require_place(item, key[1])
    found = [
        Change(
            kind=ChangeKind.SAME if key in there else ChangeKind.ADDED,
            sha256=key[0],
            purpose=key[1],
            der=item.der,
            source=item.source,
            file=(item,),
        )
        for key, item in wanted.items()
    ]
    if prune:
        found += [change_of(ChangeKind.REMOVED, item) for key, item in there.items() if key not in wanted]
    return tuple(found)


def between(before: Sequence[TrustCertificate], after: Sequence[TrustCertificate]) -> tuple[Change, ...]:
    """What changed from one version of the set to another."""
    old = {(item.sha256, item.purpose) for item in before}
    new = {(item.sha256, item.purpose) for item in after}
    removed = [change_of(ChangeKind.REMOVED, item) for item in before if (item.sha256, item.purpose) not in new]
    added = [change_of(ChangeKind.ADDED, item) for item in after if (item.sha256, item.purpose) not in old]
    return (*removed, *added)


def change_of(kind: ChangeKind, item: TrustCertificate) -> Change:
    """A change of a certificate that the registry holds."""
    return Change(kind=kind, sha256=item.sha256, purpose=item.purpose, der=item.der, source=item.source)


def require_place(item: CertificateFile, purpose: TrustPurpose) -> None:
    """Refuse an anchor that is no root: the set of anchors would trust whatever that certificate's holder signs."""
    if purpose is not TrustPurpose.INTERMEDIATE and not item.is_root:
        raise RefusedError(
            Text(
                vi=f"{item.source}: chứng thư này không phải gốc (tự ký); thêm với --purpose intermediate",
                en=f"{item.source}: this certificate is no root (not self-issued); add it with --purpose intermediate",
            )
        )


def require_anchors(before: Sequence[TrustCertificate], after: Sequence[TrustCertificate]) -> None:
    """Refuse to leave no anchor for signers where there was one."""
    if has_anchor(before) and not has_anchor(after):
        raise RefusedError(EMPTY)


def has_anchor(certificates: Iterable[TrustCertificate]) -> bool:
    """Whether any signature could be believed."""
    return any(item.purpose is TrustPurpose.SIGNER for item in certificates)
