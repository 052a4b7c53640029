"""Certificates and revocation data that a CMS message brings along: its own fields and the attributes of CAdES."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from asn1crypto import cms, core, crl, ocsp, x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from parsers.signatures.engine import ENGINE_FAULTS, Evidence, PreparedTrust

Value = TypeVar("Value")

MAX_ITEMS = 100
"""Certificates, lists and answers read from one message, each."""

CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
"""Attributes of EN 319 122-1, annex A.1.1."""


class CertificateValues(core.SequenceOf):  # type: ignore[misc]
    """The certificates of a path, in any order."""

    _child_spec = x509.Certificate


class RevocationLists(core.SequenceOf):  # type: ignore[misc]
    """Revocation lists."""

    _child_spec = crl.CertificateList


class BasicAnswers(core.SequenceOf):  # type: ignore[misc]
    """OCSP answers without their outer wrapping."""

    _child_spec = ocsp.BasicOCSPResponse


class RevocationValues(core.Sequence):  # type: ignore[misc]
    """Revocation data of a path."""

    _fields = [  # noqa: RUF012 - the name and the shape that asn1crypto asks for.
        ("lists", RevocationLists, {"explicit": 0, "optional": True}),
        ("answers", BasicAnswers, {"explicit": 1, "optional": True}),
        ("others", core.Any, {"explicit": 2, "optional": True}),
    ]


def evidence_of(signed: cms.SignedData, trust: PreparedTrust) -> Evidence:
    """The snapshot's data and the message's own together; the message's are as good as the signatures on them."""
    certificates = {certificate.sha256: certificate for certificate in certificates_in(signed)}
    crls = [CRLContainer(found) for found in readable(lists_in(signed))]
    ocsps = [container for answer in readable(answers_in(signed)) for container in containers(answer)]
    return Evidence(
        trust=trust,
        certificates=tuple(certificates.values()),
        crls=(*trust.crls, *crls[:MAX_ITEMS]),
        ocsps=(*trust.ocsps, *ocsps[:MAX_ITEMS]),
        from_file=bool(crls or ocsps),
    )


def certificates_in(signed: cms.SignedData) -> list[x509.Certificate]:
    """The readable certificates, each copied out of the message so that it no longer carries the message's tags."""
    found = []
    for certificate in readable(certificate_values(signed)):
        try:
            copied = x509.Certificate.load(certificate.untag().dump())
            copied.subject.hashable  # noqa: B018 - parsing is lazy; this is where a damaged one shows.
        except ENGINE_FAULTS:
            continue
        found.append(copied)
    return found


def certificate_values(signed: cms.SignedData) -> Iterator[x509.Certificate]:
    """Certificates of the message, then those of its signers' unsigned attributes."""
    for choice in signed["certificates"] or ():
        if choice.name == "certificate":
            yield choice.chosen
    for value in unsigned_values(signed, CERTIFICATE_VALUES):
        yield from CertificateValues.load(value.dump())


def lists_in(signed: cms.SignedData) -> Iterator[crl.CertificateList]:
    """Revocation lists of the message, then of its signers' unsigned attributes."""
    for choice in signed["crls"] or ():
        if choice.name == "crl":
            yield crl.CertificateList.load(choice.chosen.untag().dump())
    for value in unsigned_values(signed, REVOCATION_VALUES):
        yield from RevocationValues.load(value.dump())["lists"] or ()


def answers_in(signed: cms.SignedData) -> Iterator[ocsp.OCSPResponse]:
    """OCSP answers of the message (RFC 5940), then of its signers' unsigned attributes."""
    for choice in signed["crls"] or ():
        if choice.name == "other" and choice.chosen["other_rev_info_format"].native == "ocsp_response":
            yield ocsp.OCSPResponse.load(choice.chosen["other_rev_info"].dump())
    for value in unsigned_values(signed, REVOCATION_VALUES):
        for answer in RevocationValues.load(value.dump())["answers"] or ():
            body = {"response_type": "basic_ocsp_response", "response": answer}
            yield ocsp.OCSPResponse({"response_status": "successful", "response_bytes": body})


def unsigned_values(signed: cms.SignedData, kind: str) -> Iterator[core.Asn1Value]:
    """The values of one attribute of all signers; `kind` is dotted."""
    for info in list(signed["signer_infos"])[:MAX_ITEMS]:
        for attribute in info["unsigned_attrs"] or ():
            if attribute["type"].dotted == kind:
                yield from attribute["values"]


def readable(items: Iterable[Value]) -> list[Value]:
    """As many items as can be read before a damaged one, up to the cap."""
    found: list[Value] = []
    try:
        for item in items:
            found.append(item)
            if len(found) == MAX_ITEMS:
                break
    except ENGINE_FAULTS:
        return found
    return found


def containers(answer: ocsp.OCSPResponse) -> list[OCSPContainer]:
    """The single answers of one response; none if it cannot be read."""
    try:
        return list(OCSPContainer.load_multi(answer))
    except ENGINE_FAULTS:
        return []
