"""From bytes to revocation data that may be stored: an authority that leads to an anchor has signed them, whole and for now.

What is refused here could clear nobody: lists from the future, of changes only, about certificates of other authorities or for
some reasons of revocation only, with critical extensions that nobody knows, or signed by an algorithm that can be forged.
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.revocation.authorities import CERTIFICATE_FAULTS, Authorities, key_of, may_sign_lists
from mailhub.revocation.coverage import words_of
from mailhub.revocation.responders import is_authentic, issuer_asked
from storage.records import RevocationDraft, RevocationKind, RevocationSource

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far another clock may be ahead of ours."""

PEM: Final = re.compile(rb"-----BEGIN X509 CRL-----(.+?)-----END X509 CRL-----", re.DOTALL)
KNOWN_CRITICAL: Final = frozenset({x509.IssuingDistributionPoint.oid, x509.AuthorityKeyIdentifier.oid, x509.CRLNumber.oid})
WEAK: Final = (hashes.MD5, hashes.SHA1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Bytes from somewhere, before anybody believes them. `place` is a file's name or an address."""

    content: bytes
    source: RevocationSource
    place: str
    at: datetime


class UnusableDataError(RefusedError):
    """The bytes are no revocation data that the hub can use; the sentence says why."""


def verified(find: Find, authorities: Authorities) -> tuple[RevocationDraft, ...]:
    """The lists, or the answer, in these bytes; raises UnusableDataError unless every one of them can be used."""
    armoured = PEM.findall(find.content)
    if armoured:
        return tuple(verified_list(unarmoured(text), find, authorities) for text in armoured)
    try:
        x509.load_der_x509_crl(find.content)
    except CERTIFICATE_FAULTS:
        return (verified_answer(find.content, find, authorities),)
    return (verified_list(find.content, find, authorities),)


def unarmoured(text: bytes) -> bytes:
    """The bytes inside PEM armour."""
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except Base64Error as error:
        raise unusable("danh sách PEM bị hỏng", "a damaged PEM list") from error


# --- revocation lists (RFC 5280, 5) ----------------------------------------------------------------------------------


def verified_list(der: bytes, find: Find, authorities: Authorities) -> RevocationDraft:
    """A list that speaks of all that its authority has issued, or of one part of it."""
    try:
        found = x509.load_der_x509_crl(der)
        scope = scope_of(found)
        issuer = list_issuer(found, authorities)
    except CERTIFICATE_FAULTS as error:
        raise unusable("không đọc được danh sách thu hồi", "the revocation list cannot be read") from error
    require_timely(found.last_update_utc, find.at)
    return RevocationDraft(
        kind=RevocationKind.CRL,
        sha256=hashlib.sha256(der).hexdigest(),
        der=der,
        issuer_key=key_of(issuer),
        issuer=issuer.subject.rfc4514_string(),
        serial="",
        scope=scope,
        this_update=found.last_update_utc,
        next_update=found.next_update_utc,
        number=number_of(found),
        source=find.source,
        place=find.place,
        fetched_at=find.at,
    )


def list_issuer(found: x509.CertificateRevocationList, authorities: Authorities) -> x509.Certificate:
    """The authority that signed the list; its name alone proves nothing."""
    require_strong(found.signature_hash_algorithm)
    named = [issuer for issuer in authorities.named(found.issuer) if may_sign_lists(issuer)]
    for issuer in named:
        if found.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # other kinds of keys are a TypeError
            return issuer
    if named:
        raise unusable("chữ ký của danh sách thu hồi sai", "the signature of the revocation list is wrong")
    raise unusable(
        f"không cơ quan cấp chứng thư nào được tin có tên {found.issuer.rfc4514_string()}",
        f"no trusted authority has the name {found.issuer.rfc4514_string()}",
    )


def scope_of(found: x509.CertificateRevocationList) -> str:
    """Which part of an authority's certificates a list is about: empty for all, else words (RFC 5280, 5.2.5)."""
    for extension in found.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            raise unusable("danh sách chỉ ghi thay đổi (delta)", "a list of changes only (delta)")
        if extension.critical and extension.oid not in KNOWN_CRITICAL:
            name = extension.oid.dotted_string
            raise unusable(f"phần mở rộng bắt buộc không rõ {name}", f"an unknown critical extension {name}")
    try:
        point = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return ""
    if point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons is not None:
        raise unusable(
            "danh sách gián tiếp, hoặc chỉ về một số lý do thu hồi",
            "a list of other authorities' certificates, or for some reasons of revocation only",
        )
    return words_of(point)


def number_of(found: x509.CertificateRevocationList) -> str:
    """The list's own number, where it has one (RFC 5280, 5.2.3)."""
    try:
        return str(found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
    except x509.ExtensionNotFound:
        return ""


# --- OCSP answers (RFC 6960) -----------------------------------------------------------------------------------------


def verified_answer(der: bytes, find: Find, authorities: Authorities) -> RevocationDraft:
    """An answer about one certificate, by its authority or by whom that authority has named for it."""
    try:
        found = ocsp.load_der_ocsp_response(der)
    except CERTIFICATE_FAULTS as error:
        raise unusable("không phải danh sách thu hồi hay trả lời OCSP", "neither a revocation list nor an OCSP answer") from error
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        reason = found.response_status.name.lower()
        raise unusable(f"máy chủ OCSP từ chối trả lời ({reason})", f"the OCSP responder gives no answer ({reason})")
    try:
        single = single_answer(found)
        issuer = issuer_asked(single, authorities)
        if issuer is None:
            raise unusable("trả lời OCSP về cơ quan cấp không được tin", "an OCSP answer about an authority that is not trusted")
        require_strong(found.signature_hash_algorithm)
        require_no_unknown(found.extensions)
        if not is_authentic(found, issuer):
            raise unusable(
                "trả lời OCSP không do cơ quan cấp chứng thư hay máy chủ được ủy quyền ký",
                "the OCSP answer is signed neither by the authority nor by a responder that it has certified",
            )
    except CERTIFICATE_FAULTS as error:
        raise unusable("không đọc được trả lời OCSP", "the OCSP answer cannot be read") from error
    require_timely(single.this_update_utc, find.at)
    return RevocationDraft(
        kind=RevocationKind.OCSP,
        sha256=hashlib.sha256(der).hexdigest(),
        der=der,
        issuer_key=key_of(issuer),
        issuer=issuer.subject.rfc4514_string(),
        serial=f"{single.serial_number:x}",
        scope="",
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        number="",
        source=find.source,
        place=find.place,
        fetched_at=find.at,
    )


def single_answer(found: ocsp.OCSPResponse) -> ocsp.OCSPSingleResponse:
    """The one thing that an answer says; whoever asks for one certificate is told of one."""
    answers = list(found.responses)
    if len(answers) != 1:
        raise unusable(f"trả lời OCSP về {len(answers)} chứng thư", f"an OCSP answer about {len(answers)} certificates")
    if answers[0].certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise unusable("máy chủ OCSP không biết chứng thư này", "the OCSP responder does not know the certificate")
    return answers[0]


# --- of both ---------------------------------------------------------------------------------------------------------


def require_strong(algorithm: hashes.HashAlgorithm | None) -> None:
    """Refuse digests for which two texts of one digest can be made."""
    if isinstance(algorithm, WEAK):
        raise unusable(f"ký bằng {algorithm.name}, thuật toán đã yếu", f"signed with {algorithm.name}, which can be forged")


def require_timely(this_update: datetime, now: datetime) -> None:
    """Refuse what claims to be of the future."""
    if this_update > now + CLOCK_SKEW:
        moment = this_update.isoformat()
        raise unusable(f"ghi ngày trong tương lai ({moment})", f"dated in the future ({moment})")


def require_no_unknown(extensions: Iterable[x509.Extension[x509.ExtensionType]]) -> None:
    """Refuse what may mean something else than it seems to."""
    for extension in extensions:
        if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
            name = extension.oid.dotted_string
            raise unusable(f"phần mở rộng bắt buộc không rõ {name}", f"an unknown critical extension {name}")


def unusable(vi: str, en: str) -> UnusableDataError:
    """The refusal in both languages."""
    return UnusableDataError(Text(vi=vi, en=en))
