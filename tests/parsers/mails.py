"""Small mails for the tests of the readers, put together from bytes so that every odd spelling can be written."""

import io
import zipfile
from base64 import encodebytes

from parsers.files.containers import ContainedFile, open_files
from parsers.finding import Finding
from parsers.mail.message import parse_message

HEAD = b"From: Van thu <vt@snv.angiang.gov.vn>\r\nTo: vt@ubnd.angiang.gov.vn\r\nMessage-ID: <1@snv.angiang.gov.vn>\r\n"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"


def mixed(*parts: bytes, head: bytes = HEAD, subtype: bytes = b"mixed", boundary: bytes = b"limit") -> bytes:
    """A multipart mail; each part is its header, a blank line and its body."""
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    field = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype, boundary)
    return head + field + body + b"--" + boundary + b"--\r\n"


def attachment(content: bytes, name: str = "a.pdf", media_type: str = "application/pdf") -> bytes:
    """A part with a base64 body and a plain ASCII name."""
    header = f'Content-Type: {media_type}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return header.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(content).replace(b"\n", b"\r\n").rstrip()


def text(words: str) -> bytes:
    """An unnamed text part in UTF-8."""
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()


def zipped(**members: bytes) -> bytes:
    """A ZIP file; an underscore in a keyword is a dot in the member's name."""
    return zip_of({name.replace("_", "."): content for name, content in members.items()})


def zip_of(members: dict[str, bytes]) -> bytes:
    """A deflated ZIP file of these names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def opened(raw: bytes) -> tuple[dict[str, ContainedFile], tuple[Finding, ...]]:
    """The files of a mail by path, and the findings about them."""
    files, findings = open_files(raw, parse_message(raw))
    return {file.path: file for file in files}, findings


def codes(findings: tuple[Finding, ...]) -> set[str]:
    """The codes of some findings."""
    return {str(finding.code) for finding in findings}
