"""Certificates and revocation data that a PDF brings along: its document security store and the Adobe attribute."""

from collections.abc import Iterable

from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from parsers.signatures.engine import ENGINE_FAULTS, Evidence, PreparedTrust, certificates_of, crls_of, ocsps_of
from parsers.signatures.pdf_fields import FieldSignature
from parsers.signatures.pdf_objects import entry, items_of, resolved

MAX_ITEMS = 100
"""Streams of each kind read from a document security store."""

REVOCATION_ARCHIVAL = "adobe_revocation_info_archival"


def evidence_of(reader: PdfFileReader, trust: PreparedTrust, signatures: Iterable[FieldSignature]) -> Evidence:
    """The snapshot's data and the file's own together; the file's are as good as the signatures on them."""
    store = entry(reader.root, "/DSS")
    certificates = certificates_of(streams(store, "/Certs", DecodePurpose.CERTIFICATE))
    crls = [CRLContainer(found) for found in crls_of(streams(store, "/CRLs", DecodePurpose.CRL))]
    ocsps = [container for data in streams(store, "/OCSPs", DecodePurpose.OCSP_RESPONSE) for container in ocsps_of(data)]
    for signature in signatures:
        archived_crls, archived_ocsps = archived(signature)
        crls.extend(archived_crls)
        ocsps.extend(archived_ocsps)
    return Evidence(
        trust=trust,
        certificates=tuple(certificates) + embedded_certificates(signatures),
        crls=(*trust.crls, *crls),
        ocsps=(*trust.ocsps, *ocsps),
        from_file=bool(crls or ocsps),
    )


def streams(store: object, key: str, purpose: DecodePurpose) -> list[bytes]:
    """The decoded streams of one list of the store; unreadable ones are left out."""
    found: list[bytes] = []
    if not isinstance(store, generic.DictionaryObject):
        return found
    for pointer in items_of(entry(store, key))[:MAX_ITEMS]:
        try:
            stream = resolved(pointer)
            if isinstance(stream, generic.StreamObject):
                found.append(bytes(stream.read_data(purpose)))
        except ENGINE_FAULTS:
            continue
    return found


def archived(signature: FieldSignature) -> tuple[list[CRLContainer], list[OCSPContainer]]:
    """Revocation data in the signed attributes (ISO 32000-2, 12.8.3.3.2)."""
    crls: list[CRLContainer] = []
    ocsps: list[OCSPContainer] = []
    try:
        attributes = signature.embedded.signer_info["signed_attrs"] if signature.embedded else ()
        for attribute in attributes:
            if attribute["type"].native == REVOCATION_ARCHIVAL:
                value = attribute["values"][0]
                crls += [CRLContainer(item) for item in value["crl"] or ()]
                ocsps += [container for item in value["ocsp"] or () for container in OCSPContainer.load_multi(item)]
    except ENGINE_FAULTS:
        return [], []
    return crls, ocsps


def embedded_certificates(signatures: Iterable[FieldSignature]) -> tuple[x509.Certificate, ...]:
    """Certificates that the signatures carry: one signature's may complete another's path."""
    found: dict[bytes, x509.Certificate] = {}
    for signature in signatures:
        if signature.embedded is None:
            continue
        for choice in certificate_choices(signature.embedded.signed_data):
            if choice.name == "certificate":
                found[choice.chosen.sha256] = choice.chosen
    return tuple(found.values())


def certificate_choices(signed: cms.SignedData) -> tuple[cms.CertificateChoices, ...]:
    """The certificates field of a CMS message; nothing where it cannot be read."""
    try:
        return tuple(signed["certificates"])[:MAX_ITEMS]
    except ENGINE_FAULTS:
        return ()
