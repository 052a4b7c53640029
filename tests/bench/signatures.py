"""How long checking signatures takes in a warm worker, next to one process of another checker on the same file and to the floor.

The floor is what no check can do without: the digest of the file and one RSA verification for each signature and timestamp.
The aim is at most twice one `pdfsig` process for two signatures with timestamps, although that process knows nothing of
timestamps, paths, revocation and later changes; and 1.9 times the documents with two workers. Rounds are interleaved and the
ratio is the median of the rounds' ratios, because the machine has other work. A row "new signers" gives each round
certificates that the worker has not seen. Then come files that grow, and the worst files of the corpora. Takes two minutes.
"""

import hashlib
import logging
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from asn1crypto import algos, core, crl
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from parsers.signatures.beside import Beside
from parsers.signatures.check import check
from parsers.signatures.model import Indication
from parsers.signatures.trust import TrustSnapshot
from tests.pki import messages, office_documents, xml_documents
from tests.pki.authority import DAY, NOW, Pki, Wish, make_pki, rsa_key
from tests.pki.documents import Signing, add_document_timestamp, letter, sign, update

Result = TypeVar("Result")

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "signatures"
ROUNDS = 15
SECONDS_OF_THROUGHPUT = 3.0
RECEIVED = NOW + DAY
MANY = 60
PAGES = 1000
REVISIONS = 100
STAMPS = 25
REVOKED = 250_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One document in as many versions as there are rounds or one, and the command of another checker."""

    name: str
    versions: tuple[bytes, ...]
    verifications: int
    peer: tuple[str, ...] = ()
    suffix: str = ".pdf"
    beside: tuple[Beside, ...] = ()
    passes: bool = True

    def version(self, number: int) -> bytes:
        """The document of a round."""
        return self.versions[number % len(self.versions)]


@dataclass(slots=True)
class Timings:
    """Seconds of each round."""

    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


@cache
def snapshot() -> TrustSnapshot:
    """Anchors, intermediate and lists, as a hub has them."""
    pki = make_pki()
    return replace(pki.trust, crls=(pki.issuing.revocation_list(), pki.root.revocation_list()))


def main() -> None:
    """Print one row for each kind of document, then throughput, growth, and the worst files."""
    logging.disable()
    pki = make_pki()
    with tempfile.TemporaryDirectory() as folder:
        measure(list(cases(pki)), Path(folder))
    throughput(two_signatures(pki, 1))
    for name, make in growth(pki).items():
        grown(name, make)
    if CORPORA.is_dir():
        worst_files()


def cases(pki: Pki) -> Iterator[Case]:
    """The kinds of documents; a new format is a new case."""
    pdfsig = ("pdfsig", "-nocert", "{}")
    for pages in (1, 20):
        one = sign(letter(pages), leader(pki))
        yield Case(name=f"PDF, {pages} p, 1 signature + TS", versions=(one,), verifications=2, peer=pdfsig)
        two = two_signatures(pki, pages)
        yield Case(name=f"PDF, {pages} p, 2 signatures + TS", versions=(two,), verifications=4, peer=pdfsig)
    strangers = tuple(two_signatures(pki, 1, number) for number in range(1, ROUNDS + 1))
    yield Case(name="PDF, 1 p, 2 new signers + TS", versions=strangers, verifications=4, peer=pdfsig)
    yield from other_formats(pki)


def other_formats(pki: Pki) -> Iterator[Case]:
    """CMS around a letter and beside one, XML, and a package of Office."""
    text = letter(1)
    openssl = ("openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-in", "{}", "-out", os.devnull)
    signing = messages.CmsSigning(identity=pki.person, tsa=pki.tsa, stamped_at=NOW)
    around = messages.message(text, signing)
    yield Case(name="CMS around a letter + TS", versions=(around,), verifications=2, peer=openssl, suffix=".p7m")
    detached = messages.message(None, signing, over=text)
    letter_beside = (Beside(name="letter.pdf", sha256=hashlib.sha256(text).hexdigest(), content=text),)
    yield Case(name="CMS beside a letter + TS", versions=(detached,), verifications=2, suffix=".pdf.p7s", beside=letter_beside)
    xml = xml_documents.sign(
        b"<letter>text</letter>", xml_documents.XmlSigning(identity=pki.person, xades=True, tsa=pki.tsa, stamped_at=NOW)
    )
    yield Case(name="XAdES + TS", versions=(xml,), verifications=2, suffix=".xml")
    package = office_documents.sign(office_documents.word(), office_documents.Signing(identity=pki.person))
    yield Case(name="Office package", versions=(package.file(),), verifications=1, suffix=".docx")


def leader(pki: Pki) -> Signing:
    """A leader's signature with a timestamp."""
    return Signing(identity=pki.person, field="Leader", tsa=pki.tsa)


def two_signatures(pki: Pki, pages: int, number: int = 0) -> bytes:
    """A leader's signature and a seal; a number other than 0 stands for signers nobody has seen."""
    first = leader(pki)
    seal = Signing(identity=pki.organisation, field="Seal", tsa=pki.tsa, box=(220, 90, 300, 170))
    if number:
        first = replace(first, identity=pki.issuing.issue(Wish(common_name=f"Nguyễn Văn {number}")))
        seal = replace(seal, identity=pki.issuing.issue(Wish(common_name=f"Sở {number}", organisation="UBND", key=4)))
    return sign(sign(letter(pages), first), seal)


def judged(content: bytes, name: str = "letter.pdf", beside: tuple[Beside, ...] = ()) -> Indication | None:
    """One check with everything on."""
    return check(content, name, snapshot(), received_at=RECEIVED, now=RECEIVED, beside=beside).indication


def measure(chosen: list[Case], folder: Path) -> None:
    """Interleaved rounds of all cases, one row each."""
    timings = {case.name: Timings() for case in chosen}
    judged(two_signatures(make_pki(), 1))
    for number in range(ROUNDS):
        for case in chosen:
            content = case.version(number)
            path = folder / f"document{case.suffix}"
            path.write_bytes(content)
            found = timings[case.name]
            seconds, verdict = timed(lambda case=case, content=content: judged(content, f"letter{case.suffix}", case.beside))
            assert (verdict is Indication.TOTAL_PASSED) is case.passes, (case.name, verdict)
            found.ours.append(seconds)
            found.floor.append(timed(lambda case=case, content=content: floor(content, case.verifications))[0])
            if case.peer:
                command = [part.format(path) for part in case.peer]
                found.peer.append(timed(partial(subprocess.run, command, capture_output=True, check=False))[0])
    for case in chosen:
        print(row(case, timings[case.name]))


def row(case: Case, found: Timings) -> str:
    """Milliseconds and ratios."""
    low = f"floor {median(found.floor):5.2f} ms, ratio {ratio(found.ours, found.floor):5.0f}"
    text = f"{case.name:34} {median(found.ours):6.1f} ms; {low}"
    if not found.peer:
        return text
    return f"{text}; {case.peer[0]} {median(found.peer):5.1f} ms, ratio {ratio(found.ours, found.peer):4.2f}"


def median(seconds: list[float]) -> float:
    """In milliseconds."""
    return statistics.median(seconds) * 1000


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def timed(act: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of one act and its result."""
    started = time.perf_counter()
    result = act()
    return time.perf_counter() - started, result


def floor(content: bytes, verifications: int) -> None:
    """A digest of the file and a verification with a key of 2048 bits, for each signature."""
    value, data = signed_value()
    for _ in range(verifications):
        hashlib.sha256(content).digest()
        rsa_key(0).public_key().verify(value, data, padding.PKCS1v15(), SHA256())


@cache
def signed_value() -> tuple[bytes, bytes]:
    """A right signature value and what it is over."""
    return rsa_key(0).sign(b"data", padding.PKCS1v15(), SHA256()), b"data"


def throughput(content: bytes) -> None:
    """Documents with one worker and with two, in turns: in a second of the clock, and in a second of processor time.

    On a machine that has other work only the second says whether two workers are in each other's way.
    """
    by_clock, by_processor, clock = [], [], {}
    for _ in range(2):
        found = {workers: rates(content, workers) for workers in (1, 2)}
        clock = {workers: sum(rate for rate, _cost in found[workers]) for workers in found}
        cost = {workers: sum(cost for _rate, cost in found[workers]) / workers for workers in found}
        by_clock.append(clock[2] / clock[1])
        by_processor.append(2 * cost[2] / cost[1])
    print(
        f"throughput: {clock[1]:.0f} documents/s with 1 worker, {clock[2]:.0f} with 2: {max(by_clock):.2f} times by the clock, "
        f"{max(by_processor):.2f} by processor time (aim 1.9); load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


def rates(content: bytes, workers: int) -> list[tuple[float, float]]:
    """What so many processes at once get done, each in a second of the clock and of its processor time."""
    context = multiprocessing.get_context("fork")
    with context.Pool(workers) as pool:
        return pool.map(partial(documents_a_second, content), range(workers), chunksize=1)


def documents_a_second(content: bytes, _number: int) -> tuple[float, float]:
    """What one process gets done in a second of the clock and in a second of processor time."""
    judged(content)
    done, started, spent = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - started < SECONDS_OF_THROUGHPUT:
        judged(content)
        done += 1
    return done / (time.perf_counter() - started), done / (time.process_time() - spent)


def growth(pki: Pki) -> dict[str, Callable[[], tuple[bytes, TrustSnapshot]]]:
    """Documents that are larger than any office writes."""
    usual = snapshot()
    revoked = partial(replace, usual)
    return {
        f"{MANY} signatures": lambda: (signed_often(MANY), usual),
        "32 signatures": lambda: (signed_often(32), usual),
        f"{PAGES} pages, 2 signatures": lambda: (two_signatures(pki, PAGES), usual),
        f"{STAMPS} document timestamps": lambda: (stamped_often(pki, STAMPS), usual),
        f"{REVISIONS} revisions": lambda: (revised_often(sign(letter(2), leader(pki)), REVISIONS), usual),
        f"list of {REVOKED} certificates": lambda: (two_signatures(pki, 1), revoked(crls=(large_list(pki), usual.crls[1]))),
    }


def grown(name: str, make: Callable[[], tuple[bytes, TrustSnapshot]]) -> None:
    """Time and memory of one large document, in a process of its own."""
    content, trust = make()
    seconds, memory, words = in_child(lambda: verdict_on(content, trust))
    print(f"{name:34} {len(content) / 1024:7.0f} KiB: {seconds:6.2f} s, {memory:4.0f} MiB more; {words}")


def verdict_on(content: bytes, trust: TrustSnapshot) -> str:
    """Verdict, and how many signatures were evaluated of how many."""
    found = check(content, "letter.pdf", trust, received_at=RECEIVED, now=RECEIVED)
    return f"{found.indication} {', '.join(found.reasons)} ({len(found.signatures)} of {found.seen})"


@cache
def signed_often(times: int) -> bytes:
    """One file with so many signatures."""
    if not times:
        return letter(2)
    pki = make_pki()
    return sign(signed_often(times - 1), Signing(identity=pki.person, field=f"S{times}", tsa=pki.tsa, box=None))


def stamped_often(pki: Pki, times: int) -> bytes:
    """One signature and so many document timestamps, one a day."""
    content = sign(letter(2), leader(pki))
    for number in range(times):
        content = add_document_timestamp(content, pki.tsa, NOW + timedelta(minutes=number), f"T{number}")
    return content


def revised_often(content: bytes, times: int) -> bytes:
    """So many updates that change nothing."""
    for _ in range(times):
        content = update(content, lambda writer: writer.update_root())
    return content


def large_list(pki: Pki) -> bytes:
    """A revocation list of some ten megabytes, signed by the issuing authority."""
    usual = crl.CertificateList.load(pki.issuing.revocation_list())
    body = usual["tbs_cert_list"]
    when = core.UTCTime(NOW - DAY).dump()
    entries = b"".join(
        b"\x30" + bytes([22 + len(when)]) + b"\x02\x14" + b"\x01" + number.to_bytes(19) + when for number in range(REVOKED)
    )
    body["revoked_certificates"] = crl.RevokedCertificates.load(b"\x30\x84" + len(entries).to_bytes(4) + entries)
    value = pki.issuing.identity.key.sign(body.dump(), padding.PKCS1v15(), SHA256())
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    return crl.CertificateList({"tbs_cert_list": body, "signature_algorithm": algorithm, "signature": value}).dump()


def worst_files() -> None:
    """The slowest and the hungriest files of the corpora, each checked in a process of its own."""
    found = []
    for path in sorted(path for path in CORPORA.rglob("*") if path.is_file() and path.suffix != ".json"):
        content = path.read_bytes()
        seconds, memory, words = in_child(lambda content=content: verdict_on(content, snapshot()))
        found.append((seconds, memory, path.name, words))
    for name, key in (("slowest", 0), ("hungriest", 1)):
        for seconds, memory, file, words in sorted(found, key=lambda one: -one[key])[:3]:
            print(f"{name} of {len(found)} files: {file}: {seconds:.2f} s, {memory:.0f} MiB more; {words}")


def in_child(act: Callable[[], str]) -> tuple[float, float, str]:
    """Seconds, MiB that the largest moment took beyond the start, and the words of an act in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, words = timed(act)
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(writing, f"{seconds}\n{memory}\n{words}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        seconds_text, memory_text, words_text = (*answer.read().split("\n", 2), "?", "?")[:3]
    os.waitpid(child, 0)
    return float(seconds_text or "nan"), float(memory_text) if memory_text != "?" else float("nan"), words_text


if __name__ == "__main__":
    sys.exit(main())
