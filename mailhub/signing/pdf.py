"""One PAdES signature on a PDF (ETSI EN 319 142-1), in an incremental update: what was there before stays byte for byte."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

from mailhub.language import Text
from mailhub.signing.errors import DocumentNotSignableError, KeyUnusableError, TimestampMissingError
from mailhub.signing.keys import OpenKey
from mailhub.signing.look import Look, style_of
from mailhub.signing.timestamps import MOST_OCTETS, AuthorityStamper, Timestamping
from parsers.signatures.engine import ENGINE_FAULTS

DIGEST = "sha256"
SIGNED_ATTRIBUTES = 4 << 10
"""Octets for the signature value, the signed attributes and the names of the certificate."""


class SignatureLevel(StrEnum):
    """Baseline level (EN 319 142-1): with a timestamp or without."""

    B_T = "B-T"
    B_B = "B-B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of signing: in the name of what field, when, and how it looks; no look is an invisible signature."""

    field: str
    moment: datetime
    look: Look | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPdf:
    """The signed bytes and the level reached."""

    content: bytes
    level: SignatureLevel


class DatedSigner(PdfSigner):
    """Signs at the given moment: only one place of this program reads the clock."""

    moment: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002  the engine's signature
    ) -> PdfSigningSession:
        """The engine's session with our time."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


def sign_pdf(pdf: bytes, key: OpenKey, act: Act, timestamping: Timestamping | None = None) -> SignedPdf:
    """Sign; raises TimestampMissingError where a timestamp was wanted and none came, DocumentNotSignableError for the PDF."""
    stamper = AuthorityStamper(timestamping) if timestamping is not None else None
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        signer = DatedSigner(
            PdfSignatureMetadata(
                field_name=unused_name(writer.prev, act.field),
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                reason=act.reason or None,
            ),
            key.signer,
            timestamper=stamper,
            stamp_style=style_of(act.look) if act.look else None,
            new_field_spec=field_spec(unused_name(writer.prev, act.field), act.look),
        )
        signer.moment = act.moment
        output = BytesIO()
        signer.sign_pdf(writer, output=output, bytes_reserved=reserved(key, stamped=stamper is not None))
    except TimestampMissingError:
        raise
    except key.faults as error:
        raise KeyUnusableError(
            Text(
                vi=f"khóa không ký được ({type(error).__name__}); rút token ra cắm lại rồi làm lại",
                en=f"the key did not sign ({type(error).__name__}); plug the token in again and repeat",
            )
        ) from error
    except ENGINE_FAULTS as error:
        raise DocumentNotSignableError(
            Text(
                vi=f"không ký được tệp PDF này ({type(error).__name__}: {error}); in lại ra PDF rồi ký từ đầu",
                en=f"this PDF cannot be signed ({type(error).__name__}: {error}); make the PDF anew and sign it from the start",
            )
        ) from error
    level = SignatureLevel.B_T if stamper is not None else SignatureLevel.B_B
    return SignedPdf(content=output.getvalue(), level=level)


def reserved(key: OpenKey, *, stamped: bool) -> int:
    """Hexadecimal digits for the signature container; the engine's own estimate would ask the authority one time more."""
    return 2 * (key.embedded_octets + SIGNED_ATTRIBUTES + (MOST_OCTETS if stamped else 0))


def unused_name(reader: PdfFileReader, wanted: str) -> str:
    """The field's name, with a number where it is taken."""
    taken = {name for name, _, _ in enumerate_sig_fields(reader)}
    names = (wanted if number == 1 else f"{wanted}{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def field_spec(name: str, look: Look | None) -> SigFieldSpec:
    """A new field: with a place on a page, or invisible."""
    return SigFieldSpec(name) if look is None else SigFieldSpec(name, on_page=look.page, box=look.box)
