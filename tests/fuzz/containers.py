"""Any bytes as a file of a mail: its kind, and what lies in archives, Outlook files, signatures and attached mails."""

import io
import tarfile
import zipfile

import atheris

from tests.fuzz.harness import corpus, run

with atheris.instrument_imports(include=["parsers.files", "py7zr", "tnefparse", "oxmsg"]):
    from parsers.files.containers import ContainerLimits, open_file

from parsers.errors import ParseError
from tests.parsers.files.test_filetype import DOCX
from tests.parsers.files.test_signed_data import signed_data
from tests.parsers.mails import PDF, attachment, mixed, zip_of

LIMITS = ContainerLimits(files=50, total_bytes=4 << 20)
NAMES = ("a.pdf", "a.zip", "a.7z", "a.rar", "winmail.dat", "a.msg", "a.eml", "a.p7m", "a.docx", "a")


def read(data: bytes) -> None:
    """Opening raises nothing but ParseError, keeps to its limits, and names every file once."""
    name = NAMES[data[0] % len(NAMES)] if data else "a"
    try:
        files, findings = open_file(data[1:], name, LIMITS)
    except ParseError:
        return
    assert len({file.path for file in files}) == len(files)
    assert len(files) <= LIMITS.files + 1
    assert sum(len(file.content) for file in files[1:]) <= LIMITS.total_bytes
    for file in files:
        assert "/" not in file.name
        assert "\x00" not in file.path
        file.path.encode()
    for finding in findings:
        finding.evidence.encode()


def seven_zip() -> bytes:
    """A small archive of the kind, by the library that reads it."""
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(PDF, "công văn.pdf")
    return buffer.getvalue()


def tar() -> bytes:
    """A small compressed tape archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("công văn.pdf")
        member.size = len(PDF)
        archive.addfile(member, io.BytesIO(PDF))
    return buffer.getvalue()


def bzipped() -> bytes:
    """A ZIP file whose members are packed in another way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", b"x" * 1000)
    return buffer.getvalue()


def seeds() -> list[bytes]:
    """Our own archives, third-party Outlook files and signatures, each under every name."""
    own = [zip_of({"a.pdf": PDF, "b/c.zip": zip_of({"d": b"x"})}), zip_of(DOCX), seven_zip(), tar(), bzipped(), signed_data(PDF)]
    mail = mixed(attachment(zip_of({"x.pdf": PDF}), "a.zip", "application/zip"))
    third = list(corpus("mail/tnef/*.tnef", "signatures/cms/**/*.p7m", "mail/mikel/**/*.eml"))
    return [bytes([number]) + content for number, content in enumerate([*own, mail, PDF, *third])]


if __name__ == "__main__":
    run("containers", read, seeds())
