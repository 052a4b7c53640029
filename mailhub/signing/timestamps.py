"""Timestamps from the configured authority (RFC 3161), believed only after everything in them was checked."""

import asyncio
import base64
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp, x509
from pyhanko.sign.timestamps import TimeStamper

from mailhub.clock import Clock
from mailhub.language import Text
from mailhub.signing.breaker import Breaker
from mailhub.signing.errors import TimestampMissingError
from mailhub.signing.posting import Post, PostFailedError, post
from parsers.signatures.chain import Judgement, judge_token, token_summary
from parsers.signatures.engine import ENGINE_FAULTS, Evidence, prepare
from parsers.signatures.model import SubIndication, TimestampSummary
from parsers.signatures.trust import TrustSnapshot

# The engine logs a path that it cannot build with a traceback; here that is an answer like any other, told in our own words.
for engine in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(engine).setLevel(logging.CRITICAL)

MOST_OCTETS = 16 << 10
"""A token with three certificates of 4096-bit keys takes about 8 KiB; what is reserved in a signature holds this much."""
NONCE_OCTETS = 8
MOST_SECONDS_OFF = 3600
"""How far the authority's clock and ours may lie apart."""
QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
GRANTED = frozenset({"granted", "granted_with_mods"})


class TimestampResponse(core.Sequence):  # type: ignore[misc]
    """The response (RFC 3161, 2.4.2); the library's own declaration knows none without a token, as a refusal is."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


@dataclass(frozen=True, slots=True, kw_only=True)
class TsaAddress:
    """Where the authority is, how long one answer may take (seconds), and the login where it wants one."""

    url: str
    seconds: float
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of RFC 3161, 3.4, and the login (RFC 7617)."""
        headers = {"Content-Type": QUERY, "Accept": REPLY, "User-Agent": "mailhub"}
        if self.user:
            login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        return headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A token that holds, and what it says."""

    token: cms.ContentInfo
    summary: TimestampSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamping:
    """Asks the authority. `trust` gives the anchors for authorities; without any the token is checked for everything else."""

    address: TsaAddress
    trust: Callable[[], TrustSnapshot]
    clock: Clock
    breaker: Breaker = field(default_factory=Breaker)

    def stamp(self, digest: bytes, algorithm: str) -> Stamp:
        """The same where no event loop runs."""
        return asyncio.run(self.stamp_in_loop(digest, algorithm))

    async def stamp_in_loop(self, digest: bytes, algorithm: str) -> Stamp:
        """A token over a digest; raises TimestampMissingError, at once while the authority is given a rest."""
        if not self.breaker.lets_through():
            failures, pause = self.breaker.failures, self.breaker.pause
            raise missing(
                f"đã lỗi {failures} lần, được để yên {pause:g} giây",
                f"it failed {failures} times and is left alone for {pause:g} s",
            )
        try:
            stamp = await self._asked(digest, algorithm)
        except TimestampMissingError:
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return stamp

    async def _asked(self, digest: bytes, algorithm: str) -> Stamp:
        nonce = int.from_bytes(b"\x01" + os.urandom(NONCE_OCTETS - 1), "big")
        asked = imprint_of(digest, algorithm)
        query = tsp.TimeStampReq({"version": 1, "message_imprint": asked, "nonce": core.Integer(nonce), "cert_req": True})
        address = self.address
        request = Post(
            url=address.url, headers=address.headers, body=query.dump(), seconds=address.seconds, most_octets=MOST_OCTETS
        )
        try:
            answer = post(request)
        except PostFailedError as error:
            raise missing(error.text.vi, error.text.en) from error
        # Some authorities name their answer otherwise than RFC 3161, 3.4 says; a page for people is none in any case.
        if answer.media_type.startswith("text/"):
            raise missing(
                f"trả về {answer.media_type}, không phải dấu thời gian", f"the answer is {answer.media_type}, not a timestamp"
            )
        try:
            token = granted_token(answer.body)
            require_answer(token, asked, nonce)
            return await self._judged(token, digest)
        except ENGINE_FAULTS as error:
            name = type(error).__name__
            raise missing(f"câu trả lời không đọc được: {name}", f"the answer cannot be read: {name}") from error

    async def _judged(self, token: cms.ContentInfo, digest: bytes) -> Stamp:
        """Check signature, purpose and path of the token, and that its clock is not far from ours."""
        trust, now = self.trust(), self.clock()
        signed = token["content"]
        certificates = tuple(item.chosen for item in signed["certificates"] or () if item.name == "certificate")
        evidence = Evidence(trust=prepare(trust), certificates=certificates, crls=(), ocsps=())
        judgement = await judge_token(signed, lambda _algorithm: digest, evidence, now)
        summary = token_summary(signed, judgement)
        if trust.tsa_anchors and not summary.trusted:
            raise missing(*untrusted(judgement))
        if not trust.tsa_anchors and not sound(judgement):
            raise missing(
                "chữ ký của dấu không đúng, hoặc chứng thư không dành cho dấu thời gian",
                "its signature does not hold, or its certificate is not one for timestamping",
            )
        off = abs((summary.generated_at - now).total_seconds())
        if off > MOST_SECONDS_OFF:
            raise missing(f"đồng hồ lệch máy này {off:.0f} giây", f"its clock is {off:.0f} s away from this machine's")
        return Stamp(token=token, summary=summary)


class AuthorityStamper(TimeStamper):
    """The authority as the signing engine asks for timestamps."""

    def __init__(self, timestamping: Timestamping) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.timestamping = timestamping

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """One token over the signature value."""
        stamp = await self.timestamping.stamp_in_loop(message_digest, md_algorithm)
        return stamp.token


def imprint_of(digest: bytes, algorithm: str) -> tsp.MessageImprint:
    """What is to be stamped."""
    named = algos.DigestAlgorithm({"algorithm": algorithm})
    return tsp.MessageImprint({"hash_algorithm": named, "hashed_message": digest})


def granted_token(body: bytes) -> cms.ContentInfo:
    """The token of a granted response (RFC 3161, 2.4.2)."""
    response = TimestampResponse.load(body, strict=True)
    status = response["status"]
    if status["status"].native not in GRANTED:
        said = "; ".join(status["status_string"].native or ()) or status["status"].native
        raise missing(f"từ chối: {said[:200]}", f"it refused: {said[:200]}")
    token = response["time_stamp_token"]
    if token.native is None or token["content_type"].native != "signed_data":
        raise missing("câu trả lời không có dấu thời gian", "its answer holds no token")
    return token


def require_answer(token: cms.ContentInfo, asked: tsp.MessageImprint, nonce: int) -> None:
    """Refuse a token that answers another question: other digest, other nonce (RFC 3161, 2.4.2)."""
    content = token["content"]["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise missing("câu trả lời không phải dấu thời gian", "its answer holds no timestamp")
    said = content["content"].parsed
    same_digest = said["message_imprint"]["hashed_message"].native == asked["hashed_message"].native
    same_algorithm = said["message_imprint"]["hash_algorithm"]["algorithm"].native == asked["hash_algorithm"]["algorithm"].native
    if not same_digest or not same_algorithm:
        raise missing("dấu thời gian của nội dung khác", "its timestamp is over something else")
    if said["nonce"].native != nonce:
        raise missing("dấu thời gian của lần hỏi khác (sai nonce)", "its timestamp answers another request (wrong nonce)")


def sound(judgement: Judgement) -> bool:
    """Whether a token holds but for the path to an anchor, which nobody has configured."""
    signed_for_this = judgement.intact is True and judgement.valid is True and judgement.certificate is not None
    without_anchor = judgement.problem in {None, SubIndication.NO_CERTIFICATE_CHAIN_FOUND}
    return signed_for_this and without_anchor and is_authority(judgement.certificate)


def is_authority(certificate: x509.Certificate | None) -> bool:
    """Whether timestamping is the one purpose of a certificate (RFC 3161, 2.3)."""
    purposes = certificate.extended_key_usage_value if certificate is not None else None
    return purposes is not None and purposes.native == ["time_stamping"]


def untrusted(judgement: Judgement) -> tuple[str, str]:
    """Why an authority is not believed, in both languages."""
    problem = judgement.problem or judgement.revocation.status.value
    return (
        f"chứng thư không dẫn tới gốc tin cậy cho dấu thời gian ({problem})",
        f"its certificate leads to no trusted timestamping authority ({problem})",
    )


def missing(vi: str, en: str) -> TimestampMissingError:
    """No timestamp, and why."""
    return TimestampMissingError(
        Text(
            vi=f"chưa có dấu thời gian: {vi}; thử lại sau, hoặc xem mailhub sign check",
            en=f"there is no timestamp: {en}; try again later, or see mailhub sign check",
        )
    )
