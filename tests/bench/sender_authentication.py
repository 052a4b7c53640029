"""What the check of a mail's DKIM signature costs the reader, as a ratio to dkimpy's bare `dkim.verify` of the same mail.

CPU time, medians of interleaved rounds. The aim is at most 1.0; beside it stands all that a reader does about a sender (header
read, DKIM, DMARC, findings), and a body of blanks, for which dkimpy takes time with the square of its length.
"""

import base64
import os
import statistics
import time
from collections.abc import Callable

import dkim

from mailhub.clock import system_clock
from parsers.mail.authentication import Lookup, Method, SenderEvidence, TxtAnswer
from parsers.mail.dkim_signatures import check_signature, signatures_of
from parsers.mail.sender_authentication import authenticate
from tests.authentication.signing import LETTER, Signer, opened

SIZES = {"10 KB": (10_000, 40), "100 KB": (100_000, 25), "1 MB": (1_000_000, 9), "25 MB": (25_000_000, 3)}
BLANKS = 20_000


def main() -> None:
    """Print a line for each size."""
    signer = Signer()
    for name, (octets, rounds) in SIZES.items():
        lines = base64.encodebytes(os.urandom(octets * 3 // 4)).replace(b"\n", b"\r\n")
        measure(name, signer, signer.sign(LETTER + lines), rounds)
    measure(f"one line of {BLANKS:,} blanks", signer, signer.sign_with(LETTER + b" " * BLANKS + b"x\r\n"), 1)


def measure(name: str, signer: Signer, raw: bytes, rounds: int) -> None:
    """Check one mail in all three ways in turn."""
    now = system_clock()
    policy = TxtAnswer(name=f"_dmarc.{signer.domain}", lookup=Lookup.FOUND, records=("v=DMARC1; p=reject",))
    evidence = SenderEvidence(method=Method.DNS, answers=(policy, *signer.answers.values()))

    def ours() -> object:
        mail = opened(raw)
        return [check_signature(mail, item, signer.answers, now) for item in signatures_of(mail, signer.domain)]

    def whole() -> object:
        return authenticate(raw, evidence, now)

    def bare() -> object:
        return dkim.verify(raw, dnsfunc=lambda _name, **_: signer.record.encode())

    spent: dict[str, list[float]] = {"ours": [], "whole": [], "bare": []}
    for _ in range(rounds):
        for way, work in (("ours", ours), ("whole", whole), ("bare", bare)):
            spent[way].append(cpu_seconds(work))
    check, all_of_it, floor = (statistics.median(spent[way]) * 1000 for way in ("ours", "whole", "bare"))
    print(
        f"{name}: DKIM {check:.2f} ms, dkim.verify {floor:.2f} ms, ratio {check / floor:.2f} (aim 1.0); "
        f"all about the sender {all_of_it:.2f} ms, ratio {all_of_it / floor:.2f}"
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
