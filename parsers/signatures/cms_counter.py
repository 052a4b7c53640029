"""Countersignatures: signatures over the value of another signature (RFC 5652, 11.4).

The engine knows nothing of them and asks every signature for the content type that a countersignature must not have, so the
digest and the value are computed here, with the engine's primitive; path, usage, policy and revocation are judged as always.
"""

from collections.abc import Iterator
from dataclasses import replace

from asn1crypto import algos, cms
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR, SignatureValidationContext

from parsers.signatures.chain import KEY_RULES, Judgement, judge_certificate
from parsers.signatures.cms_signers import Signer, digest, is_named
from parsers.signatures.engine import ENGINE_FAULTS, Evidence
from parsers.signatures.findings import fault
from parsers.signatures.judged import Judged, judge_own_stamp
from parsers.signatures.model import Reason, SubIndication

COUNTER_SIGNATURE = "counter_signature"


def countersigners(signer: Signer) -> Iterator[bytes]:
    """The SignerInfos of the countersignatures on a signature; an empty one for those that cannot be read."""
    try:
        for value in signer.attributes(COUNTER_SIGNATURE, signed=False):
            yield value.dump()
    except ENGINE_FAULTS:
        yield b""


async def judge_counter(item: Judged, signer: Signer, countersigned: bytes, evidence: Evidence) -> None:
    """Judge a countersignature over a signature value at the earliest time proved for it."""
    if signer.certificate is None:
        item.judgement = Judgement(problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
        return
    try:
        await judge_own_stamp(item, signer.info, evidence)
        found = await judge_certificate(signer.certificate, (), evidence, item.best_time)
        if not is_named(signer, signer.certificate):
            found = replace(found, problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND, path=None)
        elif not is_strong(signer, item):
            found = replace(found, problem=SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
        intact = digest(signer.digest_algorithm, countersigned) == signer.claimed_digest
        if not signer.has_signed_attributes:
            intact = is_valid(signer, countersigned)
        item.judgement = replace(found, intact=intact, valid=is_valid(signer, countersigned))
    except ENGINE_FAULTS as error:
        item.obstacle, item.detail, item.judgement = Reason.UNREADABLE, fault(error), Judgement()


def is_strong(signer: Signer, item: Judged) -> bool:
    """Whether the engine's rules allow the algorithms."""
    certificate = signer.certificate
    key = None if certificate is None else certificate.public_key
    method = algos.DigestAlgorithm({"algorithm": signer.digest_algorithm})
    return bool(
        KEY_RULES.signature_algorithm_allowed(signer.info["signature_algorithm"], item.best_time, key)
        and KEY_RULES.digest_algorithm_allowed(method, item.best_time)
    )


def is_valid(signer: Signer, countersigned: bytes) -> bool:
    """Whether the value is the key's over the signed attributes, or over the other signature where there are none."""
    if signer.certificate is None:
        return False
    attributes = cms.SignerInfo.load(signer.bare)["signed_attrs"]
    data = attributes.untag().dump() if signer.has_signed_attributes else countersigned
    context = SignatureValidationContext(contextual_md_algorithm=signer.digest_algorithm, prehashed=False)
    key, algorithm = signer.certificate.public_key, signer.info["signature_algorithm"]
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(signer.signature, data, key, algorithm, context)
    except InvalidSignature:
        return False
    return True
