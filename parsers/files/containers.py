"""The files in a mail: leaf parts, and what lies inside archives and attached messages, as one flat list with paths."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from parsers.files.embedded_objects import unpack_object
from parsers.files.filetype import APPLE_DOUBLE, identify
from parsers.files.members import Allowance, ArchiveError, Budget, Member, shown, step_name
from parsers.files.model import DEFAULT_LIMITS, ContainedFile, ContainerCode, ContainerLimits, FileKind
from parsers.files.outlook_message import unpack_outlook_message
from parsers.files.packed_streams import PACKED_STREAMS, unpack_stream
from parsers.files.rar import unpack_rar
from parsers.files.seven_zip import unpack_seven_zip
from parsers.files.signed_data import signed_content
from parsers.files.tar_archives import unpack_tar
from parsers.files.tnef import unpack_tnef
from parsers.files.type_names import extension_of_kind
from parsers.files.zip_archives import unpack_zip
from parsers.finding import Finding, Source
from parsers.mail.body import is_body
from parsers.mail.filenames import safe_name
from parsers.mail.message import parse_message
from parsers.mail.mime import leaves
from parsers.mail.model import TRUNCATIONS, WITHHELD, Message, MessageCode, Part
from parsers.mail.transfer import decode_transfer, find_written_files

__all__ = ["ContainedFile", "ContainerCode", "ContainerLimits", "FileKind", "open_file", "open_files"]

_REPORT_TYPES = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
_Unpacker = Callable[[bytes, Allowance], Iterator[Member | ArchiveError]]
_UNPACKERS: dict[str, _Unpacker] = {
    "application/zip": unpack_zip,
    "application/vnd.etsi.asic-s+zip": unpack_zip,
    "application/vnd.etsi.asic-e+zip": unpack_zip,
    "application/x-7z-compressed": unpack_seven_zip,
    "application/vnd.rar": unpack_rar,
    "application/x-tar": unpack_tar,
    "application/vnd.ms-tnef": unpack_tnef,
    "application/x-ole-object": unpack_object,
}
_OUTLOOK = "application/vnd.ms-outlook"
_VOLUME_NAME = re.compile(r"\.(?:(?:7z|zip|rar|tar|gz|tgz)\.\d{3}|z\d\d|r\d\d|part\d{1,4}\.rar)\Z", re.IGNORECASE)
_CONTENT_REFERENCE = re.compile(rb"(?i)\bcid:([^\s\"'<>)]{1,250})")
_MOST_REFERENCES = 2000
_MIME_ENTITY = re.compile(rb"(?:[A-Za-z-]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:content-type):")
_SIGNED_EXTENSION = re.compile(r"\.(?:p7m|p7s|p7c|pkcs7|cms)\Z", re.IGNORECASE)
# An attached mail's own From is nobody's business here; what hides files in it is.
_FROM_ATTACHED_MAIL = TRUNCATIONS | WITHHELD | {MessageCode.FILENAME_AMBIGUOUS, ContainerCode.UNSAFE_NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A file about to be listed: where it is, what it is called, and how deep in containers it lies."""

    path: str
    name: str | None
    content: bytes
    declared_type: str
    inline: bool
    depth: int


@dataclass(slots=True)
class _Opener:
    limits: ContainerLimits
    budget: Budget
    files: list[ContainedFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    paths: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, path: str, evidence: str) -> None:
        self.findings.append(Finding(code=code, source=Source.CONTAINER, place=f"part {path}", evidence=shown(evidence)))

    def open_message(self, raw: bytes, message: Message, prefix: str, depth: int) -> None:
        """List the leaves of a message; those of an attached one count against the budget."""
        pictures = _referenced_pictures(raw, message.root)
        for part in leaves(message.root):
            path = prefix + part.path
            decoded = decode_transfer(part.body.of(raw), part.transfer_encoding)
            if part.media_type.startswith("multipart/") and not decoded.content.strip():
                continue
            is_inline = is_body(part) or part.media_type in _REPORT_TYPES or part.path in pictures
            if decoded.fault and not is_inline:
                self.note(MessageCode.BAD_TRANSFER_ENCODING, path, decoded.fault)
            if depth and not self._take(len(decoded.content), path):
                return
            self.list_file(
                _Item(
                    path=path,
                    name=part.filename,
                    content=decoded.content,
                    declared_type=part.media_type,
                    inline=is_inline,
                    depth=depth,
                )
            )
            if is_inline and part.media_type == "text/plain":
                self._list_written_files(path, decoded.content, depth + 1)

    def list_file(self, item: _Item) -> None:
        """List a file and then what it contains."""
        path = self._unique(item.path)
        name = item.name or f"part-{path.rpartition('!')[2]}"
        found = identify(item.content, name=name, declared_type=item.declared_type, place=f"part {path}")
        if item.name is None:
            name += extension_of_kind(found.kind)
        # A mail without words of its own is no defect.
        self.findings += [f for f in found.findings if not (item.inline and f.code == ContainerCode.EMPTY_FILE)]
        self.files.append(
            ContainedFile(
                path=path,
                name=name,
                kind=found.kind,
                media_type=found.media_type,
                declared_type=item.declared_type,
                content=item.content,
                sha256=hashlib.sha256(item.content).hexdigest(),
                inline=item.inline or found.media_type == APPLE_DOUBLE,
            )
        )
        self._open(self.files[-1], item.depth + 1)

    def _open(self, file: ContainedFile, depth: int) -> None:
        is_message = file.media_type == "message/rfc822" and file.kind is FileKind.MESSAGE
        members = None if is_message else self._members(file, depth)
        if (is_message or members is not None) and depth > self.limits.depth:
            self.note(ContainerCode.NESTED_TOO_DEEP, file.path, f"nested deeper than {self.limits.depth}")
        elif is_message:
            self._open_attached_message(file, depth)
        elif members is not None:
            self._list_members(file, members, depth)
        elif file.media_type == "application/pkcs7-mime" and file.kind is FileKind.SIGNATURE:
            self._open_signed_data(file, depth)
        else:
            self._tell_unopened(file)

    def _members(self, file: ContainedFile, depth: int) -> Iterator[Member | ArchiveError] | None:
        """What is to come out of a container; nothing is unpacked before it is asked for. None where it is none."""
        allowance = Allowance.of(self.budget, self.limits, len(file.content))
        if file.kind is FileKind.MESSAGE and file.media_type == _OUTLOOK:
            return unpack_outlook_message(file.content, self.limits.depth - depth, allowance)
        if file.kind is not FileKind.ARCHIVE:
            return None
        if file.media_type in PACKED_STREAMS:
            return unpack_stream(file.content, file.name, file.media_type, allowance)
        unpack = _UNPACKERS.get(file.media_type)
        return unpack(file.content, allowance) if unpack else None

    def _tell_unopened(self, file: ContainedFile) -> None:
        if _VOLUME_NAME.search(file.name) and file.kind in {FileKind.ARCHIVE, FileKind.OTHER}:
            self.note(ContainerCode.ARCHIVE_IN_PARTS, file.path, file.name)
        elif file.kind in {FileKind.ARCHIVE, FileKind.MESSAGE}:
            self.note(ContainerCode.ARCHIVE_UNSUPPORTED, file.path, f"{file.name} ({file.media_type})")
        elif file.declared_type in {"message/partial", "message/external-body"}:
            self.note(ContainerCode.ARCHIVE_UNSUPPORTED, file.path, file.declared_type)

    def _open_attached_message(self, file: ContainedFile, depth: int) -> None:
        message = parse_message(file.content)
        for finding in message.findings:
            if finding.code in _FROM_ATTACHED_MAIL:
                self.note(finding.code, file.path, f"{finding.place}: {finding.evidence}")
        self.open_message(file.content, message, f"{file.path}!", depth)

    def _open_signed_data(self, file: ContainedFile, depth: int) -> None:
        """What an opaque signature wraps (RFC 8551, 3.5.2): a MIME entity, or any file."""
        content = signed_content(file.content)
        if content is None:
            return
        if depth > self.limits.depth:
            self.note(ContainerCode.NESTED_TOO_DEEP, file.path, f"nested deeper than {self.limits.depth}")
        elif _MIME_ENTITY.match(content[:4000]):
            self.open_message(content, parse_message(content), f"{file.path}!", depth)
        elif self._take(len(content), file.path):
            name = step_name(_SIGNED_EXTENSION.sub("", file.name))
            self.list_file(
                _Item(path=f"{file.path}!{name}", name=name, content=content, declared_type="", inline=False, depth=depth)
            )

    def _list_members(self, file: ContainedFile, members: Iterator[Member | ArchiveError], depth: int) -> None:
        for found in members:
            if isinstance(found, ArchiveError):
                # One volume of several is damaged only for who takes it for the whole.
                in_parts = found.code is ContainerCode.ARCHIVE_BROKEN and _VOLUME_NAME.search(file.name)
                code = ContainerCode.ARCHIVE_IN_PARTS if in_parts else found.code
                self.note(code, file.path, f"{file.name}: {found.evidence}")
                continue
            path = f"{file.path}!{found.path}"
            if found.unsafe:
                self.note(ContainerCode.UNSAFE_NAME, path, found.name)
            self.list_file(
                _Item(path=path, name=found.name, content=found.content, declared_type="", inline=found.inline, depth=depth)
            )

    def _list_written_files(self, path: str, text: bytes, depth: int) -> None:
        for name, content in find_written_files(text):
            safe = safe_name(name)
            if not self._take(len(content), path):
                return
            inner = f"{path}!{step_name(safe.name)}"
            if safe.changed:
                self.note(ContainerCode.UNSAFE_NAME, inner, name)
            self.list_file(
                _Item(path=inner, name=safe.name or None, content=content, declared_type="", inline=False, depth=depth)
            )

    def _take(self, length: int, path: str) -> bool:
        """Use up a part of the budget; False, with a finding, where it is spent."""
        if self.budget.files <= 0 or self.budget.bytes < length:
            self.note(ContainerCode.ARCHIVE_BOMB, path, "too many files or bytes in attached mails")
            return False
        self.budget.files -= 1
        self.budget.bytes -= length
        return True

    def _unique(self, path: str) -> str:
        """The path, with a number behind it where it names a file already; what was tried is not tried again."""
        candidate, number = path, self.paths.get(path, 0)
        while candidate in self.paths:
            number += 1
            candidate = f"{path}~{number + 1}"
        self.paths[path] = number
        self.paths.setdefault(candidate, 0)
        return candidate


def open_files(
    raw: bytes, message: Message, limits: ContainerLimits = DEFAULT_LIMITS
) -> tuple[tuple[ContainedFile, ...], tuple[Finding, ...]]:
    """Every file of a mail, containers before their contents, with what was noticed about each."""
    opener = _Opener(limits, Budget.of(limits))
    opener.open_message(raw, message, "", 0)
    return tuple(opener.files), tuple(opener.findings)


def open_file(
    content: bytes, name: str, limits: ContainerLimits = DEFAULT_LIMITS
) -> tuple[tuple[ContainedFile, ...], tuple[Finding, ...]]:
    """A file that stands alone, and what it contains; its path is `1`."""
    opener = _Opener(limits, Budget.of(limits))
    opener.list_file(_Item(path="1", name=name, content=content, declared_type="", inline=False, depth=0))
    return tuple(opener.files), tuple(opener.findings)


def _referenced_pictures(raw: bytes, root: Part) -> frozenset[str]:
    """Paths of the pictures that the mail's HTML shows, or that stand beside it in multipart/related without a mark."""
    shown: set[str] = set()
    for part in leaves(root):
        if part.media_type == "text/html" and is_body(part):
            html = decode_transfer(part.body.of(raw), part.transfer_encoding).content
            found = islice(_CONTENT_REFERENCE.finditer(html), _MOST_REFERENCES)
            shown |= {unquote_to_bytes(reference[1]).decode("utf_8", "replace") for reference in found}
    return frozenset(_pictures(root, shown, is_related=False))


def _pictures(part: Part, shown: set[str], *, is_related: bool) -> list[str]:
    if part.children:
        related = part.media_type == "multipart/related"
        return [path for child in part.children for path in _pictures(child, shown, is_related=related)]
    is_shown = part.content_id != "" and part.content_id in shown
    is_beside = is_related and part.disposition != "attachment"
    return [part.path] if part.media_type.startswith("image/") and (is_shown or is_beside) else []
