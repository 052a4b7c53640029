"""Any bytes as a mail, read as the worker's child reads it: headers, parts, files, text, letters, second reader."""

from datetime import UTC, datetime

import atheris

from tests.fuzz.harness import ROOT, corpus, run

# What reads the words of letters is run but not instrumented: it would take nine tenths of the time.
with atheris.instrument_imports(include=["parsers.mail", "parsers.charsets", "parsers.files.containers"]):
    from parsers.files.containers import open_files
    from parsers.mail.identity import content_identity
    from parsers.mail.message import Message, Part, body_text, parse_message
    from parsers.mail.second_reading import disagreement

from mailhub import codec
from mailhub.checking.jobs import MailJob
from mailhub.checking.reader import read_mail
from mailhub.checking.reading import Reading
from parsers.errors import ParseError
from parsers.signatures.trust import TrustSnapshot

WHOLLY_READ = 1500
NOW = datetime(2026, 3, 2, tzinfo=UTC)
JOB = MailJob(return_path="", received_at=NOW, now=NOW, trust=TrustSnapshot())


def read(raw: bytes) -> None:
    """Reading raises nothing but ParseError, its spans nest, and its answer can cross the border of the process."""
    try:
        message = parse_message(raw)
        check_spans(message.root, len(raw))
        check_files(raw, message)
        # Reading the words of letters takes most of the time; one small input in eight is enough for it.
        if len(raw) <= WHOLLY_READ and sum(raw[:64]) % 8 == 0:
            reading = read_mail(raw, JOB)
            assert codec.decode(codec.encode(reading), Reading) == reading
    except ParseError:
        return


def check_files(raw: bytes, message: Message) -> None:
    """Files have paths of their own; what may be shown or stored is clean."""
    files, _ = open_files(raw, message)
    assert len({file.path for file in files}) == len(files)
    for text in (message.headers.subject, *(file.name for file in files)):
        text.encode()
        assert "\n" not in text
        assert "\x00" not in text
    assert len(body_text(raw, message, 500)) <= 500
    assert content_identity(raw, message)
    disagreement(raw, message)


def check_spans(part: Part, end: int) -> None:
    """Each part lies inside its parent, behind the one before it."""
    assert part.header.start <= part.header.end <= part.body.start <= part.body.end <= end
    position = part.body.start
    for child in part.children:
        assert child.header.start >= position
        check_spans(child, part.body.end)
        position = child.body.end


def seeds() -> list[bytes]:
    """Third-party mails, and our own small cases."""
    own = [path.read_bytes() for path in sorted((ROOT / "tests/parsers/mail/cases").glob("*.eml"))]
    return [*own, *corpus("mail/stalwart/**/*.eml", "mail/mikel/**/*.eml", "mail/bounces/*.eml")]


if __name__ == "__main__":
    run("message", read, seeds(), longest=6000)
