"""When a signature is proved to have existed, and whether its certificate led to an anchor at that time.

The proofs form a chain (EN 319 102-1, 5.6.2.3, in its simplest shape): what the hub received existed when it was received;
the newest document timestamp is judged at that time and proves an earlier time for every byte it covers; the next older one
is judged at the time so proved; and so on down to the timestamp inside the signature. The signer's certificate is judged at
the earliest time that stands proved. Cost grows with the number of timestamps, where the engine's own long-term function
grows with its cube.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from asn1crypto import algos, cms, keys, x509
from pyhanko.sign.ades.report import AdESPassed, AdESSubIndic
from pyhanko.sign.validation.ades import AdESBasicValidationResult, ades_basic_validation, ades_timestamp_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker, validate_cert_usage
from pyhanko.sign.validation.policy_decl import bootstrap_validation_data_handlers
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from parsers.signatures.certificates import summary
from parsers.signatures.engine import ENGINE_FAULTS, Evidence, Imprint, specification, timing
from parsers.signatures.known_paths import Role, path_to_anchor
from parsers.signatures.model import SubIndication, TimestampSummary
from parsers.signatures.path_rules import fault_of_path
from parsers.signatures.plain_signature import plain_signer, plain_stamper
from parsers.signatures.revocation import NOT_CHECKED, WEAK, RevocationFinding, RevocationStatus, path_revocation
from parsers.signatures.strays import leading, without_strays

KEY_RULES = DisallowWeakAlgorithmsPolicy()
"""The engine's default rules, which it applies to CMS signatures by itself."""

MAX_TOKENS = 8
"""Timestamp tokens looked at in one signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the engine says of one signature at one moment. `problem` is None when the certificate led to an anchor."""

    intact: bool | None = None
    valid: bool | None = None
    certificate: x509.Certificate | None = None
    path: ValidationPath | None = None
    problem: SubIndication | None = None
    revocation: RevocationFinding = NOT_CHECKED
    detail: str = ""


async def judge_signature(signed: cms.SignedData, digest: bytes, evidence: Evidence, moment: datetime) -> Judgement:
    """Integrity, certification path and revocation of a detached signature as of the moment."""
    signed, evidence = relevant(signed, evidence)
    certificate = plain_signer(signed, digest)
    found = await plain_judgement(signed, certificate, evidence, moment, Role.SIGNER)
    if found is not None:
        return found
    result = await ades_basic_validation(signed, specification(evidence), timing_info=timing(moment), raw_digest=digest)
    return await judgement_from(result, evidence, moment)


async def judge_token(token: cms.SignedData, imprint: Imprint, evidence: Evidence, moment: datetime) -> Judgement:
    """The same of a timestamp token, against the anchors for timestamping authorities."""
    token, evidence = relevant(token, evidence)
    certificate = plain_stamper(token, imprint)
    found = await plain_judgement(token, certificate, evidence, moment, Role.AUTHORITY)
    if found is not None:
        return found
    result = await ades_timestamp_validation(token, specification(evidence), imprint, timing_info=timing(moment))
    return await judgement_from(result, evidence, moment)


def relevant(signed: cms.SignedData, evidence: Evidence) -> tuple[cms.SignedData, Evidence]:
    """A message and what came with it, without certificates that lead nowhere."""
    brought = leading(evidence.certificates, evidence.trust)
    kept = evidence if brought is evidence.certificates else replace(evidence, certificates=brought)
    return without_strays(signed, evidence.trust), kept


async def plain_judgement(
    signed: cms.SignedData, certificate: x509.Certificate | None, evidence: Evidence, moment: datetime, role: Role
) -> Judgement | None:
    """The judgement of a plain and right signature whose certificate leads to an anchor; None leaves it to the engine."""
    if certificate is None:
        return None
    others = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    path = await path_to_anchor(certificate, others, evidence, moment, role)
    if path is None:
        return None
    revocation = await path_revocation(path, evidence, moment)
    return Judgement(intact=True, valid=True, certificate=certificate, path=path, revocation=revocation)


async def judge_certificate(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], evidence: Evidence, moment: datetime
) -> Judgement:
    """Path, key usage, algorithms of the path and revocation of a signer, for cryptography that is not the engine's.

    `others` are certificates that came with the signature. Whether the signed bytes are intact and the signature value is
    right stays None: whoever computed that fills it in.
    """
    offered = replace(evidence, certificates=leading((*evidence.certificates, *others), evidence.trust))
    rules, when = specification(offered), timing(moment)
    handlers = bootstrap_validation_data_handlers(rules, when)
    context = rules.cert_validation_policy.build_validation_context(when, handlers)
    if not KEY_RULES.signature_algorithm_allowed(algorithm_of(certificate.public_key), moment, certificate.public_key):
        return Judgement(certificate=certificate, problem=SubIndication.CRYPTO_CONSTRAINTS_FAILURE, detail="the key is too short")
    found = await validate_cert_usage(
        certificate, context, rules.key_usage_settings, context.path_builder.async_build_paths_lazy(certificate)
    )
    path = found.success_result or found.error_path
    problem = None if found.error_subindic is None else problem_of(found.error_subindic)
    if problem is None:
        problem = SubIndication.NO_CERTIFICATE_CHAIN_FOUND if path is None else fault_of_path(path)
    revocation = NOT_CHECKED
    if problem is None and path is not None:
        revocation = await path_revocation(path, offered, moment)
    return Judgement(certificate=certificate, path=path, problem=problem, revocation=revocation)


def algorithm_of(key: keys.PublicKeyInfo) -> algos.SignedDigestAlgorithm:
    """A strong way to sign with a key of this kind, to ask the engine's rules about the key alone."""
    if key.algorithm in {"rsa", "rsassa_pss"}:
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    return algos.SignedDigestAlgorithm({"algorithm": "sha256_dsa" if key.algorithm == "dsa" else "sha256_ecdsa"})


async def judgement_from(result: AdESBasicValidationResult[SignatureStatus], evidence: Evidence, moment: datetime) -> Judgement:
    """Take over what the engine found and add revocation where a path was found."""
    status = result.api_status
    problem = problem_of(result.ades_subindic)
    detail = result.failure_msg or ""
    if status is None:
        return Judgement(problem=problem, detail=detail)
    path = status.validation_path
    if problem is None:
        problem = SubIndication.NO_CERTIFICATE_CHAIN_FOUND if path is None else fault_of_path(path)
    revocation = NOT_CHECKED
    if problem is None and path is not None:
        revocation = await path_revocation(path, evidence, moment)
    return Judgement(
        intact=bool(status.intact),
        valid=bool(status.valid),
        certificate=status.signing_cert,
        path=path,
        problem=problem,
        revocation=revocation,
        detail=detail,
    )


def problem_of(found: AdESSubIndic) -> SubIndication | None:
    """The engine's sub-indication in our words; one that we do not know is a general failure of the chain."""
    if found is AdESPassed.OK:
        return None
    if found.standard_name == "REVOKED_CA_NO_POE":
        return SubIndication.REVOKED_NO_POE
    try:
        return SubIndication(found.standard_name)
    except ValueError:
        return SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFinding:
    """What was found of the timestamps on one signature value: the one that counts, and what spoke against it."""

    summary: TimestampSummary | None = None
    token: cms.SignedData | None = None
    judgement: Judgement | None = None
    detail: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the timestamp is over other bytes, or its own signature is wrong; not merely of an unknown authority."""
        return self.judgement is not None and (self.judgement.intact is False or self.judgement.valid is False)


async def signature_timestamp(signer_info: cms.SignerInfo, evidence: Evidence, moment: datetime) -> StampFinding:
    """The first trusted timestamp on the signature value, else the last untrusted one."""
    tokens = extract_tst_data_iter(signer_info, signed=False)
    return await first_trusted(tokens, message_imprint_checker(signer_info), evidence, moment)


async def first_trusted(tokens: Iterable[cms.SignedData], imprint: Imprint, evidence: Evidence, moment: datetime) -> StampFinding:
    """The first of some tokens over the same bytes that is trusted, else the last one that could be judged."""
    best = StampFinding()
    for token in islice(tokens, MAX_TOKENS):
        try:
            judgement = await judge_token(token, imprint, evidence, moment)
            found = token_summary(token, judgement)
        except ENGINE_FAULTS as error:
            best = replace(best, detail=f"timestamp: {type(error).__name__}")
            continue
        detail = "" if found.trusted else f"timestamp: {judgement.problem or judgement.revocation.status}"
        best = StampFinding(summary=found, token=token, judgement=judgement, detail=detail)
        if found.trusted:
            break
    return best


def token_summary(token: cms.SignedData, judgement: Judgement) -> TimestampSummary:
    """A judged token in the words of the report."""
    generated_at = token["encap_content_info"]["content"].parsed["gen_time"].native
    certificate = judgement.certificate
    is_strong = imprint_digest(token) not in WEAK
    authority = summary(certificate).common_name if certificate is not None else ""
    # The path was judged at a later moment; a certificate that had not begun then cannot have stamped anything.
    begun = certificate is not None and generated_at >= certificate.not_valid_before
    trusted = begun and is_strong and is_trusted(judgement)
    return TimestampSummary(generated_at=generated_at, authority=authority, trusted=trusted)


def imprint_digest(token: cms.SignedData) -> str:
    """The algorithm by which a token names what it is over."""
    return str(token["encap_content_info"]["content"].parsed["message_imprint"]["hash_algorithm"]["algorithm"].native)


def is_trusted(judgement: Judgement) -> bool:
    """Whether a token proves its time: everything positive, and no certificate of its path revoked or on hold."""
    doubted = judgement.revocation.status in {RevocationStatus.REVOKED, RevocationStatus.REVOKED_CA, RevocationStatus.ON_HOLD}
    return judgement.intact is True and judgement.valid is True and judgement.problem is None and not doubted
