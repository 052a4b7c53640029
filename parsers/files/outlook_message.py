"""Outlook's .msg ([MS-OXMSG]): body, attachments, and messages attached in turn, as files under the message's subject."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parsers.charsets import codec_of, decode_text
from parsers.errors import LimitExceededError, ParseError
from parsers.files.compound_files import CompoundFile
from parsers.files.compressed_rtf import unpack_rtf
from parsers.files.members import Allowance, ArchiveError, Member, member
from parsers.files.model import ContainerCode

_ATTACHMENT = "__attach_version1.0_#"
_VALUE = "__substg1.0_"
_EMBEDDED = f"{_VALUE}3701000D"
_PROPERTIES = "__properties_version1.0"
_SUBJECT, _TEXT, _HTML_TEXT, _PACKED_RTF = "0037", "1000", "1013", "1009"
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _DATA = "3707", "3704", "3001", "3701"
_MESSAGE_CODE_PAGE = b"\x03\x00\xfd\x3f"
_UNICODE, _STRING, _BINARY = "001F", "001E", "0102"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Storage:
    """The streams of one message or attachment by name, and the charset of strings that are not Unicode."""

    streams: Mapping[str, bytes]
    charset: str

    def text(self, number: str) -> str:
        """A text property; empty where there is none."""
        unicode = self.streams.get(f"{_VALUE}{number}{_UNICODE}")
        if unicode is not None:
            return unicode[: len(unicode) // 2 * 2].decode("utf_16_le", "replace").rstrip("\0")
        return decode_text(self.streams.get(f"{_VALUE}{number}{_STRING}", b"").rstrip(b"\0"), self.charset).text

    def octets(self, number: str) -> bytes | None:
        """A binary property; None where there is none."""
        return self.streams.get(f"{_VALUE}{number}{_BINARY}")


@dataclass(frozen=True, slots=True)
class _Outlook:
    """All storages of a file by path, and under each message the paths of its attachments."""

    storages: Mapping[Path, dict[str, bytes]]
    attachments: Mapping[Path, list[Path]]
    charset: str

    def at(self, path: Path) -> _Storage:
        return _Storage(self.storages.get(path, {}), self.charset)


def unpack_outlook_message(content: bytes, depth: int, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    """Bodies and attachments, each as a file or as the error that stands for it; a bomb or damage ends it.

    `depth` is how many messages may lie in one another.
    """
    try:
        outlook = _read(CompoundFile(content))
        yield from _message(outlook, (), "", depth, allowance)
    except ArchiveError as error:
        yield error
    except LimitExceededError as error:
        yield ArchiveError(ContainerCode.ARCHIVE_BOMB, str(error))
    except ParseError as error:
        yield ArchiveError(ContainerCode.ARCHIVE_BROKEN, str(error))


def _read(file: CompoundFile) -> _Outlook:
    storages: dict[Path, dict[str, bytes]] = {(): {}} | {path: {} for path in file.storages()}
    for stream in file.streams():
        storages[stream.path[:-1]][stream.path[-1]] = stream.content
    attachments: dict[Path, list[Path]] = {}
    for path in sorted(path for path in storages if path and path[-1].startswith(_ATTACHMENT)):
        attachments.setdefault(path[:-1], []).append(path)
    return _Outlook(storages, attachments, _charset(storages[()].get(_PROPERTIES, b"")))


def _message(outlook: _Outlook, path: Path, folder: str, depth: int, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    for name, body in _bodies(outlook.at(path), allowance):
        yield _member(f"{folder}{name}", body, allowance, inline=True)
    for found in outlook.attachments.get(path, ()):
        attachment = outlook.at(found)
        embedded = (*found, _EMBEDDED)
        if embedded in outlook.storages:
            yield from _embedded(outlook, embedded, folder, depth, allowance)
            continue
        name = next(filter(None, map(attachment.text, (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME))), "")
        data = attachment.octets(_DATA)
        if data is None:
            # Attached by a reference to a place that only the sender can see.
            yield ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, f"{name}: not in the message")
        else:
            yield _member(f"{folder}{_one_step(name)}", data, allowance)


def _embedded(outlook: _Outlook, path: Path, folder: str, depth: int, allowance: Allowance) -> Iterator[Member | ArchiveError]:
    storage = outlook.storages[path]
    if _PROPERTIES not in storage:
        yield ArchiveError(ContainerCode.ARCHIVE_UNSUPPORTED, "embedded OLE object")
    elif depth <= 0:
        yield ArchiveError(ContainerCode.NESTED_TOO_DEEP, "messages in messages")
    else:
        subject = _one_step(outlook.at(path).text(_SUBJECT)) or "message"
        yield from _message(outlook, path, f"{folder}{subject}/", depth - 1, allowance)


def _bodies(storage: _Storage, allowance: Allowance) -> Iterator[tuple[str, bytes]]:
    """The body in every form that it has."""
    text, html, packed = storage.text(_TEXT), storage.octets(_HTML_TEXT), storage.octets(_PACKED_RTF)
    if text:
        yield "message.txt", text.encode("utf_8", "replace")
    if html is None and (as_text := storage.text(_HTML_TEXT)):
        html = as_text.encode("utf_8", "replace")
    if html:
        yield "message.html", html
    if packed:
        yield "message.rtf", unpack_rtf(packed, allowance.room)


def _member(name: str, content: bytes, allowance: Allowance, *, inline: bool = False) -> Member:
    allowance.open_file()
    allowance.take(name, len(content))
    return member(name, content, inline=inline)


def _one_step(name: str) -> str:
    """A name that says nothing of folders: in a message there are none."""
    return name.replace("/", "_").replace("\\", "_")


def _charset(properties: bytes) -> str:
    """The charset by the message's code page ([MS-OXMSG] 2.4: entries of 16 bytes behind a head of 32)."""
    for at in range(32, len(properties) - 15, 16):
        if properties.startswith(_MESSAGE_CODE_PAGE, at):
            code_page = int.from_bytes(properties[at + 8 : at + 12], "little")
            named = "utf_8" if code_page == 65001 else f"cp{code_page}"
            return named if codec_of(named) else ""
    return ""
