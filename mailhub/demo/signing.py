"""PAdES signatures with timestamps, as signing tools of agencies make them, and two ways to break them afterwards."""

import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import keys, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mailhub.demo.pki import Identity, Pki

# Signing tools of the government reserve this much room; readers must cope with the long hex string.
_RESERVED = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a signature shows: page from 0 and a box in points from the lower left corner, with a PDF page as its picture."""

    page: int
    box: tuple[int, int, int, int]
    picture: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """One act of signing. `timestamped` asks the PKI's authority for a token of the same moment."""

    identity: Identity
    field: str
    moment: datetime
    placement: Placement | None = None
    timestamped: bool = True


def sign(pdf: bytes, pki: Pki, signings: Sequence[Signing], *, with_chain: bool = False) -> bytes:
    """Apply the signings one after the other.

    Only the leaf certificate is embedded unless `with_chain`: so do the files that agencies send.
    """
    for signing in signings:
        pdf = _sign_once(pdf, pki, signing, with_chain=with_chain)
    return pdf


def flip_byte(pdf: bytes, marker: bytes) -> bytes:
    """Change one bit in the first byte after the marker, which must be there: no reader sees it, every digest does."""
    position = pdf.index(marker) + len(marker)
    return pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]


def replace_page(pdf: bytes, number: int, source: bytes) -> bytes:
    """Show another document's page in the place of a page (from 0), by an incremental update that keeps the signed bytes."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    picture = writer.import_page_as_xobject(PdfFileReader(BytesIO(source)), page_ix=number)
    page, _ = writer.find_page_for_modification(number)
    content = generic.StreamObject(stream_data=b"q /Other Do Q")
    resources = generic.DictionaryObject({generic.pdf_name("/XObject"): generic.DictionaryObject({"/Other": picture})})
    page.get_object()["/Contents"] = writer.add_object(content)
    page.get_object()["/Resources"] = resources
    writer.update_container(page.get_object())
    return _written(writer)


def _sign_once(pdf: bytes, pki: Pki, signing: Signing, *, with_chain: bool) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signer = _DatedSigner(
        PdfSignatureMetadata(field_name=signing.field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
        _signer(signing.identity, pki, with_chain=with_chain),
        timestamper=_timestamper(pki, signing.moment) if signing.timestamped else None,
        stamp_style=_style(signing.placement),
        new_field_spec=_field(signing),
    )
    signer.moment = signing.moment
    output = BytesIO()
    signer.sign_pdf(writer, output=output, bytes_reserved=_RESERVED)
    return output.getvalue()


class _DatedSigner(PdfSigner):
    """Signs at a moment that is given instead of the clock's."""

    moment: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 (pyHanko's signature)
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


class _Picture(PdfContent):
    """The first page of a PDF as the background of a signature."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        name = "/Picture" + binascii.hexlify(uuid.uuid4().bytes).decode()
        self.resources.xobject[name] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return f"{name} Do".encode()


def _style(placement: Placement | None) -> StaticStampStyle | None:
    if placement is None:
        return None
    whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))
    return StaticStampStyle(border_width=0, background=_Picture(placement.picture), background_layout=whole)


def _field(signing: Signing) -> SigFieldSpec:
    if signing.placement is None:
        return SigFieldSpec(sig_field_name=signing.field)
    return SigFieldSpec(sig_field_name=signing.field, on_page=signing.placement.page, box=signing.placement.box)


def _signer(identity: Identity, pki: Pki, *, with_chain: bool) -> SimpleSigner:
    registry = SimpleCertificateStore()
    if with_chain:
        registry.register(_certificate(pki.issuing))
    return SimpleSigner(_certificate(identity), _key(identity), registry, embed_roots=False)


def _timestamper(pki: Pki, moment: datetime) -> DummyTimeStamper:
    return DummyTimeStamper(_certificate(pki.tsa), _key(pki.tsa), fixed_dt=moment)


def _certificate(identity: Identity) -> x509.Certificate:
    return x509.Certificate.load(identity.der)


def _key(identity: Identity) -> keys.PrivateKeyInfo:
    return keys.PrivateKeyInfo.load(identity.key_der)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
