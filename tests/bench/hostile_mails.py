"""What mails cost that are made to exhaust a reader: each at one size and at four times that size.

The ratio of the two times is printed (aim: at most 5, that is linear), with the memory that Python took for the larger one,
and the processor time for a mail of 25 MB of the kind (aim: at most 5 s).
"""

import time
import tracemalloc
from collections.abc import Callable

from parsers.files.containers import open_files
from parsers.mail.identity import content_identity
from parsers.mail.message import body_text, parse_message
from parsers.mail.second_reading import disagreement
from tests.parsers.mails import HEAD, mixed

FACTOR = 4
AIM = 5.0
ROUNDS = 3
LARGE = 25_000_000
SECONDS = 5.0
HOSTILE: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "encoded words in the subject": (20_000, lambda n: HEAD + b"Subject: " + b"=?utf-8?B?w6E=?= " * n + b"\r\n\r\nx"),
    "words in the subject": (50_000, lambda n: HEAD + b"Subject: " + b"word " * n + b"\r\n\r\nx"),
    "addresses": (20_000, lambda n: HEAD + b"To: " + b",\r\n ".join(b"U <u%d@x.vn>" % i for i in range(n)) + b"\r\n\r\nx"),
    "fields": (20_000, lambda n: HEAD + b"".join(b"X-%d: 1\r\n" % i for i in range(n)) + b"\r\nx"),
    "pieces of a name": (
        10_000,
        lambda n: mixed(
            b"Content-Disposition: attachment; " + b"; ".join(b"filename*%d*=a" % i for i in range(n)) + b"\r\n\r\nx"
        ),
    ),
    "open parentheses in From": (10_000, lambda n: b"From: " + b"(" * n + b"a@b.vn\r\n\r\nx"),
    "nested multiparts": (
        2_000,
        lambda n: HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(n)),
    ),
    "empty parts": (50_000, lambda n: mixed(*[b"\r\n"] * n)),
    "lines like the boundary": (100_000, lambda n: mixed(b"\r\n" + b"--limitX\r\n" * n)),
    "padded pieces of base64": (200_000, lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=A==A" * n),
    "short uuencoded lines": (
        200_000,
        lambda n: HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\r\n" + b"M\n" * n,
    ),
    "beginnings of yEnc": (20_000, lambda n: HEAD + b"\r\n" + b"\n=ybegin line=1 size=1 name=a\n" * n),
    "unclosed scripts": (100_000, lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<script" * n),
    "data addresses": (100_000, lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b" href=data:" * n),
    "escapes of yEnc": (200_000, lambda n: HEAD + b"\r\n=ybegin line=1 size=1 name=a\n" + b"=a" * n + b"\n=yend size=1\n"),
    "blank lines": (500_000, lambda n: HEAD + b"\r\n" + b"\n" * n),
    "blanks before line ends": (300_000, lambda n: HEAD + b"\r\n" + b" \n" * n),
    "marks on one letter": (
        200_000,
        lambda n: HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xcc\x81\xcc\xa3" * n,
    ),
}


def main() -> None:
    """Print a line for each hostile mail."""
    for name, (size, make) in HOSTILE.items():
        small, large = make(size), make(size * FACTOR)
        first, second = seconds(small), seconds(large)
        tracemalloc.start()
        read(large)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        largest = make(size * LARGE // len(small))
        whole = seconds(largest, rounds=1)
        print(
            f"{name}: {len(small) >> 10} KiB in {first * 1000:.0f} ms, {len(large) >> 10} KiB in {second * 1000:.0f} ms, "
            f"ratio {second / max(first, 1e-3):.1f} (aim {AIM:.0f}); memory {peak / len(large):.1f} x the mail; "
            f"{len(largest) / 10**6:.0f} MB in {whole:.1f} s (aim {SECONDS:.0f})"
        )


def seconds(raw: bytes, rounds: int = ROUNDS) -> float:
    """The best processor time of reading a mail."""

    def once() -> float:
        started = time.process_time()
        read(raw)
        return time.process_time() - started

    return min(once() for _ in range(rounds))


def read(raw: bytes) -> None:
    """Everything that is done to a mail before its documents are looked at."""
    message = parse_message(raw)
    open_files(raw, message)
    body_text(raw, message, 20_000)
    content_identity(raw, message)
    disagreement(raw, message)


if __name__ == "__main__":
    main()
