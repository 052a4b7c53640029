"""Letters as PDFs, signatures on them, and what people do to signed files afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

from tests.pki.authority import NOW, Identity

name = generic.pdf_name


def letter(pages: int = 1, *, text: str = "Kính gửi: Ủy ban nhân dân tỉnh", field: str = "", compressed: bool = True) -> bytes:
    """A plain letter; `field` adds a text field of that name on the first page."""
    output = BytesIO()
    canvas = Canvas(output, pagesize=(595, 842), pageCompression=int(compressed), invariant=1)
    for number in range(1, pages + 1):
        canvas.drawString(72, 760, f"{text}, trang {number}".encode("ascii", "replace").decode())
        if field and number == 1:
            canvas.acroForm.textfield(name=field, value="100", x=72, y=600, width=200, height=20)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How to sign. `stamped_at` asks for a timestamp of that time by `tsa`; `at` is what the signer's clock says."""

    identity: Identity
    field: str = "Sig1"
    at: datetime = NOW
    tsa: Identity | None = None
    stamped_at: datetime | None = None
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES
    box: tuple[int, int, int, int] | None = (300, 100, 470, 130)
    page: int = 0
    chain: tuple[Identity, ...] = ()
    digest: str = "sha256"
    certify: MDPPerm | None = None


class DatedSigner(PdfSigner):
    """A signer whose clock shows a given time, and who does not care what earlier signatures forbid."""

    clock: datetime

    def _enforce_certification_constraints(self, reader) -> None:
        pass

    def init_signing_session(self, *args, **kwargs) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.clock
        return session


def sign(pdf: bytes, signing: Signing) -> bytes:
    """Sign in an incremental update; the field is made where it does not exist."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    if writer.prev.encrypted:
        writer.encrypt(b"")
    store = SimpleCertificateStore()
    store.register_multiple([link.asn1 for link in signing.chain])
    metadata = PdfSignatureMetadata(
        field_name=signing.field,
        md_algorithm=signing.digest,
        subfilter=signing.subfilter,
        certify=signing.certify is not None,
        docmdp_permissions=signing.certify or MDPPerm.FILL_FORMS,
    )
    signer = DatedSigner(
        metadata,
        SimpleSigner(signing.identity.asn1, signing.identity.asn1_key, store, embed_roots=False),
        timestamper=stamper(signing.tsa, signing.stamped_at or signing.at) if signing.tsa else None,
        new_field_spec=field_spec(signing),
    )
    signer.clock = signing.at
    output = BytesIO()
    signer.sign_pdf(writer, output=output, bytes_reserved=16384)
    return output.getvalue()


def field_spec(signing: Signing) -> SigFieldSpec:
    """Where the signature shows; no box means an invisible one."""
    if signing.box is None:
        return SigFieldSpec(signing.field)
    return SigFieldSpec(signing.field, on_page=signing.page, box=signing.box)


def stamper(tsa: Identity, at: datetime) -> DummyTimeStamper:
    """A timestamping authority whose clock shows a given time."""
    return DummyTimeStamper(tsa.asn1, tsa.asn1_key, fixed_dt=at)


def add_document_timestamp(pdf: bytes, tsa: Identity, at: datetime, field: str = "Stamp1") -> bytes:
    """An RFC 3161 timestamp over the whole file so far."""
    output = BytesIO()
    PdfTimeStamper(stamper(tsa, at), field_name=field).timestamp_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), "sha256", output=output, bytes_reserved=16384
    )
    return output.getvalue()


def add_empty_field(pdf: bytes, field: str, *, drawn: bool = False) -> bytes:
    """An unsigned signature field, added in an update, with or without a frame that shows where to sign."""
    box = (10, 10, 60, 30) if drawn else None
    return update(pdf, lambda writer: append_signature_field(writer, SigFieldSpec(field, box=box)))


def update(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """Apply a change in an incremental update that leaves the signed bytes alone."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def replace_page(writer: IncrementalPdfFileWriter, number: int = 0) -> None:
    """Draw something else on a page."""
    page, _resources = writer.find_page_for_modification(number)
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 700 Td (Manipulated) Tj ET")
    page.get_object()[name("/Contents")] = writer.add_object(stream)
    writer.update_container(page.get_object())


def add_annotation(writer: IncrementalPdfFileWriter, number: int = 0, *, subtype: str = "/FreeText") -> None:
    """Put a note on a page."""
    page, _resources = writer.find_page_for_modification(number)
    note = generic.DictionaryObject(
        {
            name("/Type"): name("/Annot"),
            name("/Subtype"): name(subtype),
            name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (72, 690, 300, 720))),
            name("/Contents"): generic.pdf_string("Manipulated"),
        }
    )
    writer.register_annotation(page, writer.add_object(note))


def fill_field(writer: IncrementalPdfFileWriter, value: str) -> None:
    """Change the value and the look of the first form field."""
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    field[name("/V")] = generic.pdf_string(value)
    look = generic.StreamObject(stream_data=b"BT /Helv 12 Tf (" + value.encode() + b") Tj ET")
    field[name("/AP")] = generic.DictionaryObject({name("/N"): writer.add_object(look)})
    writer.update_container(field)


def encrypted(pdf: bytes, password: str) -> bytes:
    """The same pages, readable only with the password."""
    writer: PdfFileWriter = copy_into_new_writer(PdfFileReader(BytesIO(pdf)))
    writer.encrypt(owner_pass=password, user_pass=password)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
