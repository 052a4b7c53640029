"""pyHanko set up so that it believes our anchors only, asks for explicit key usage and never reaches for the network."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from asn1crypto import cms, crl, ocsp, pem, x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import CRLValidationError, OCSPValidationError, PathError, ValidationError
from pyhanko_certvalidator.fetchers import FetcherBackend, Fetchers
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from parsers.signatures.anchors import anchor_of
from parsers.signatures.certificates import SIGNER_KEY_USAGE
from parsers.signatures.plain_lists import ListIndex
from parsers.signatures.trust import TrustSnapshot

if TYPE_CHECKING:
    from parsers.signatures.known_paths import KnownPath

ENGINE_FAULTS: tuple[type[Exception], ...] = (
    *(PdfError, SignatureValidationError, CMSExtractionError, CMSStructuralError),
    *(ValidationError, PathError, CRLValidationError, OCSPValidationError),
    *(UnsupportedAlgorithm, InvalidSignature, InternalError),
    *(ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError, MemoryError),
    *(NameError, OSError, RuntimeError, TypeError, ValueError),
)
"""What the engine was seen to raise on hostile and on broken files.

RecursionError and NotImplementedError are RuntimeErrors, UnicodeError is a ValueError. The guards around one signature
catch exactly these and report that signature as not checked.
"""


class NoNetwork(FetcherBackend):
    """A fetcher backend that refuses, should the engine ever try in spite of LOCAL_ONLY."""

    def get_fetchers(self) -> Fetchers:
        """Nothing is fetched: addresses in certificates are chosen by whoever made the file."""
        raise OSError("a signature check does not use the network")

    async def close(self) -> None:
        """Nothing to close."""


class StoredList(CRLContainer):
    """A revocation list of the snapshot; its digest is taken once a process, for it may have tens of megabytes."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 (hex) of its DER bytes."""
        return hashlib.sha256(self.crl_data.dump()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTrust:
    """A trust snapshot as engine objects, parsed once a process. `empty` means no anchor for signers.

    `now` is when the check is made and `freshness` how long revocation data count at least; both are of one check.
    `stored` are the SHA-256 (hex) of everything in the snapshot. `index` and `paths` fill while documents are checked, with
    what follows from the snapshot alone.
    """

    signers: SimpleTrustManager
    authorities: SimpleTrustManager
    intermediates: tuple[x509.Certificate, ...]
    crls: tuple[CRLContainer, ...]
    ocsps: tuple[OCSPContainer, ...]
    empty: bool
    stored: frozenset[str]
    index: ListIndex
    paths: "dict[tuple[str, bytes], KnownPath]" = field(default_factory=dict)
    now: datetime | None = None
    freshness: timedelta = timedelta(0)

    def as_of(self, now: datetime, freshness: timedelta) -> "PreparedTrust":
        """The same for one check; what was prepared is shared."""
        return replace(self, now=now, freshness=freshness)


class SignerUsage(KeyUsageConstraints):
    """The usages of a signer's key. A certificate that names none at all may sign (RFC 5280, 4.2.1.3; RFC 8550, 4.4.2)."""

    def _validate_key_usage_extension(self, key_usage_extension_value: x509.KeyUsage | None, extra: set[str]) -> None:
        if key_usage_extension_value is not None:
            super()._validate_key_usage_extension(key_usage_extension_value, extra)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Certificates and revocation data to be tried: the snapshot's and those found in the file. None is trusted by itself.

    `from_file` says whether the file brought validation data of its own.
    """

    trust: PreparedTrust
    certificates: tuple[x509.Certificate, ...]
    crls: tuple[CRLContainer, ...]
    ocsps: tuple[OCSPContainer, ...]
    from_file: bool = False


@lru_cache(maxsize=4)
def prepare(trust: TrustSnapshot) -> PreparedTrust:
    """Parse a snapshot; what cannot be parsed is left out, so that it can neither be trusted nor stop a check."""
    signers = anchors_of(trust.signer_anchors)
    crls = tuple(StoredList(found) for found in crls_of(trust.crls))
    return PreparedTrust(
        # An explicit list, even an empty one: without it the engine would take the system's web roots.
        signers=SimpleTrustManager.build(trust_roots=signers),
        authorities=SimpleTrustManager.build(trust_roots=anchors_of(trust.tsa_anchors)),
        intermediates=tuple(certificates_of(trust.intermediates)),
        crls=crls,
        ocsps=tuple(container for data in trust.ocsp_responses for container in ocsps_of(data)),
        empty=not signers,
        stored=frozenset(digests_of(trust)),
        index=ListIndex(crls),
    )


def digests_of(trust: TrustSnapshot) -> Iterator[str]:
    """SHA-256 (hex) of the DER bytes of all data of a snapshot; a damaged armour has none."""
    for data in chain(trust.signer_anchors, trust.tsa_anchors, trust.intermediates, trust.crls, trust.ocsp_responses):
        with suppress(ValueError):
            yield hashlib.sha256(der_of(data)).hexdigest()


def anchors_of(items: Iterable[bytes]) -> list[CertTrustAnchor]:
    """The readable certificates among DER or PEM data, each with what it may vouch for."""
    found = []
    for certificate in certificates_of(items):
        with suppress(ValueError, TypeError):
            found.append(anchor_of(certificate))
    return found


def certificates_of(items: Iterable[bytes]) -> list[x509.Certificate]:
    """The readable certificates among DER or PEM data."""
    found = []
    for data in items:
        try:
            certificate = x509.Certificate.load(der_of(data))
            certificate.subject.hashable  # noqa: B018 - parsing is lazy; this is where a damaged one shows.
        except (ValueError, TypeError):
            continue
        found.append(certificate)
    return found


def crls_of(items: Iterable[bytes]) -> list[crl.CertificateList]:
    """The readable revocation lists among DER or PEM data."""
    found = []
    for data in items:
        try:
            revocations = crl.CertificateList.load(der_of(data))
            revocations.issuer.hashable  # noqa: B018 - parsing is lazy.
        except (ValueError, TypeError):
            continue
        found.append(revocations)
    return found


def ocsps_of(data: bytes) -> list[OCSPContainer]:
    """The single answers of one OCSP response; none if it cannot be read."""
    try:
        return list(OCSPContainer.load_multi(ocsp.OCSPResponse.load(data)))
    except (ValueError, TypeError, KeyError):
        return []


def der_of(data: bytes) -> bytes:
    """The bytes themselves, or what a PEM armour holds."""
    if not pem.detect(data):
        return data
    return bytes(pem.unarmor(data)[2])


def specification(evidence: Evidence) -> SignatureValidationSpec:
    """How the engine is to judge one signature.

    Revocation is judged by `revocation` on the path that results: the engine's own rules either ignore lists that the
    certificate does not name, or stop at the first certificate without data.
    """
    no_revocation = CertRevTrustPolicy(NO_REVOCATION)
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(trust_manager=evidence.trust.signers, revinfo_policy=no_revocation),
        ts_cert_validation_policy=CertValidationPolicySpec(
            trust_manager=evidence.trust.authorities, revinfo_policy=no_revocation
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            fetcher_backend=NoNetwork(),
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(known_certs=[*evidence.trust.intermediates, *evidence.certificates]),
        key_usage_settings=SignerUsage(key_usage=SIGNER_KEY_USAGE, explicit_extd_key_usage_required=False),
    )


def timing(moment: datetime) -> ValidationTimingInfo:
    """Judge everything as of one moment, at which the signature is proved to have existed."""
    return ValidationTimingInfo(validation_time=moment, best_signature_time=moment, point_in_time_validation=True)


Imprint = Callable[[str], bytes]
"""Digest of what a timestamp covers, by the name of the digest algorithm."""

SignedData = cms.SignedData
