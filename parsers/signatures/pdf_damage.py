"""Signatures of a PDF that cannot be read as it stands, found by their marks in its bytes.

A file with a wrong `startxref` or with bytes in front of its header opens in viewers, which mend it, each in its own way. What
such a file shows is nobody's word, so nothing here ever passes or fails; but a clerk learns who signed it, and whether the signed
bytes are still those.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import cms

from parsers.signatures.engine import ENGINE_FAULTS, Evidence
from parsers.signatures.findings import Findings, Request
from parsers.signatures.judged import Aftermath, Claims, Judged, judge_cms, judge_stamp, material_of, report_of, settle
from parsers.signatures.loop import run
from parsers.signatures.model import TIMESTAMP_FORMAT, Reason
from parsers.signatures.pdf_fields import signer_count
from parsers.signatures.pdf_guard import ByteRange, gap_is_contents, read_byte_range
from parsers.signatures.plain_signature import certificate_of

SPACE = rb"[\x00\t\n\x0c\r ]"
MARK = re.compile(rb"/ByteRange" + SPACE + rb"*+\[((?:" + SPACE + rb"*+\d{1,12}){4})" + SPACE + rb"*+\]")
HEADER = b"%PDF-"
HEADER_WITHIN = 1024

AS_SIGNED = "found by its mark; the signed bytes are those signed"
NOT_AS_SIGNED = "found by its mark; the signed bytes are not those signed"
UNKNOWN = "found by its mark; whether the signed bytes are those signed is not known"


@dataclass(frozen=True, slots=True)
class Marked:
    """A signature value that stands where its own byte range says; `content` begins where the range counts from."""

    content: bytes
    signed: ByteRange
    message: cms.SignedData

    def digest(self, algorithm: str) -> bytes:
        """Over the two signed ranges."""
        found = hashlib.new(algorithm, self.content[: self.signed.gap_start])
        found.update(self.content[self.signed.gap_end : self.signed.end])
        return found.digest()


def check_damaged(content: bytes, request: Request, problem: Reason, detail: str = "") -> Findings:
    """What can be said of a file whose signatures no reader leads to. The file stays open, whatever they are worth."""
    found = list(marked(content, request.limits.signatures))
    marks = sum(1 for _mark in MARK.finditer(content))
    items = run(judge_all(found, request, problem)) if found else []
    return Findings(
        reports=tuple(report_of(item, request, has_store=False) for item in items),
        seen=max(marks, len(items)),
        problem=problem,
        detail=detail,
        material=material_of(items, request),
    )


def marked(content: bytes, most: int) -> Iterator[Marked]:
    """The signatures whose byte range leaves out exactly one CMS message with one signer, each once."""
    header = content.find(HEADER, 0, HEADER_WITHIN)
    seen: set[tuple[int, int]] = set()
    for mark in MARK.finditer(content):
        for begin in sorted({0, max(header, 0)}):
            whole = content[begin:] if begin else content
            found = at_mark(whole, [int(number) for number in mark[1].split()])
            place = (0, 0) if found is None else (begin + found.signed.gap_start, begin + found.signed.end)
            if found is not None and place not in seen and len(seen) < most:
                seen.add(place)
                yield found


def at_mark(content: bytes, numbers: list[int]) -> Marked | None:
    """The signature that a byte range belongs to, if it is one."""
    # A file that was cut off ends before the range does; the value is there all the same.
    signed = read_byte_range(numbers, max(len(content), sum(numbers[2:])))
    if signed is None or signed.gap_end > len(content):
        return None
    try:
        value = bytes.fromhex(content[signed.gap_start + 1 : signed.gap_end - 1].replace(b"\x00", b"").decode("ascii"))
    except ValueError:
        return None
    if not gap_is_contents(content, signed, value) or signer_count(value) != 1:
        return None
    return Marked(content, signed, cms.ContentInfo.load(value)["content"])


async def judge_all(found: list[Marked], request: Request, problem: Reason) -> list[Judged]:
    """Whose signatures they are and whether their bytes are right; never more than open."""
    return [await judge(position, one, request, problem) for position, one in enumerate(found, 1)]


async def judge(position: int, found: Marked, request: Request, problem: Reason) -> Judged:
    """One signature; its name is its position, since no field leads to it."""
    item = Judged(format="PDF", field=f"#{position}", received_at=request.received_at, gap_ok=True, detail=UNKNOWN)
    item.after = Aftermath(reason=None)
    try:
        info = found.message["signer_infos"][0]
        certificate = certificate_of(found.message, info)
        item.claims = Claims(certificate=certificate)
        evidence = Evidence(
            trust=request.trust,
            certificates=() if certificate is None else (certificate,),
            crls=request.trust.crls,
            ocsps=request.trust.ocsps,
        )
        if found.message["encap_content_info"]["content_type"].native == "tst_info":
            item.format, item.is_timestamp = TIMESTAMP_FORMAT, True
            await judge_stamp(item, found.message, found.digest, evidence)
        else:
            algorithm = str(info["digest_algorithm"]["algorithm"].native)
            await judge_cms(item, found.message, info, lambda: found.digest(algorithm), evidence)
    except ENGINE_FAULTS:
        item.detail = UNKNOWN
    if item.judgement.intact is not None and item.judgement.valid is not None:
        item.detail = AS_SIGNED if item.intact else NOT_AS_SIGNED
    item.obstacle = problem
    settle(item, request)
    return item
