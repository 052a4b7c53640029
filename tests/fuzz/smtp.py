"""Any octets as a client's side of an SMTP session, against the door's protocol in this process: no socket, no thread."""

import asyncio
import random
import re

import atheris

from tests.fuzz.harness import ROOT, run

with atheris.instrument_imports(include=["mailhub.doors"]):
    from tests.doors.talking import talk

from tests.doors.dialog import octets

BEGINNING = b"EHLO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\n"
CHUNKS = (1, 3, 40, 100_000)
LOOP = asyncio.new_event_loop()


def converse(data: bytes) -> None:
    """The first octet says how the words are cut, and whether they begin with a mail."""
    choice = data[0] if data else 0
    words = (BEGINNING if choice & 0x80 else b"") + data[1:]
    step = CHUNKS[choice % len(CHUNKS)]
    pieces = [words[at : at + step] for at in range(0, len(words), step)]
    LOOP.run_until_complete(asyncio.wait_for(talk(pieces), 8))


def seeds() -> list[bytes]:
    """The dialogs of the door's tests, and some of chance."""
    found = []
    for path in sorted((ROOT / "tests" / "dialogs").glob("*.smtp")):
        lines = [line for line in path.read_text("utf-8").splitlines() if re.match(r"C(?:\*\d+)?[:-] ?", line)]
        said = b"".join(
            octets(re.sub(r"^C(?:\*\d+)?[:-] ?", "", line)) + (b"" if line.startswith("C-") else b"\r\n") for line in lines
        )
        found += [bytes([2]) + said, bytes([3]) + said]
    chance = random.Random(7)
    verbs = ["EHLO c", "HELO c", "MAIL FROM:<a@b.example> SIZE=10", "RCPT TO:<vanthu@tinh.example>", "DATA", ".", "RSET", "NOOP",
             "QUIT", "VRFY a", "HELP", "STARTTLS", "AUTH PLAIN AGEAYg==", "BDAT 5 LAST", "text", "..", ""]  # fmt: skip
    found += [b"\x03" + "\r\n".join(chance.choices(verbs, k=12)).encode() + b"\r\n" for _ in range(60)]
    return [*found, b"\x83body\r\n.\r\nQUIT\r\n"]


if __name__ == "__main__":
    run("smtp", converse, seeds(), longest=4000)
