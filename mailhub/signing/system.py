"""The system certificate: signs what leaves by itself, and never keeps it from leaving."""

import logging
from dataclasses import dataclass
from datetime import datetime

from mailhub.language import Text
from mailhub.signing.errors import DocumentNotSignableError, KeyUnusableError, TimestampMissingError
from mailhub.signing.keys import KeyPurpose, SigningKey
from mailhub.signing.pdf import Act, SignedPdf, sign_pdf
from mailhub.signing.timestamps import Timestamping
from storage.records import UNSIGNED

log = logging.getLogger(__name__)

FIELD = "HeThong"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSigned:
    """The PDF as it leaves, and what is noted of it: a baseline level, or `unsigned` with what stood in the way."""

    content: bytes
    level: str
    obstacle: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSignature:
    """Signs with the system certificate: B-T, B-B where no timestamp is to be had in time, else not at all."""

    key: SigningKey
    timestamping: Timestamping | None = None

    def sign(self, pdf: bytes, moment: datetime) -> SystemSigned:
        """Sign as well as is possible now. What is sent unsigned, or without a timestamp, is noted and logged."""
        try:
            signed = self._signed(pdf, moment)
        except (KeyUnusableError, DocumentNotSignableError) as error:
            log.error("left unsigned", extra={"key": self.key.place, "error": str(error)})  # noqa: TRY400  a sentence says it all
            obstacle = error.message if isinstance(error.message, Text) else Text(vi=str(error), en=str(error))
            return SystemSigned(content=pdf, level=UNSIGNED, obstacle=obstacle)
        return SystemSigned(content=signed.content, level=signed.level.value)

    def _signed(self, pdf: bytes, moment: datetime) -> SignedPdf:
        with self.key.opened() as key:
            key.require(KeyPurpose.SYSTEM, moment)
            act = Act(field=FIELD, moment=moment)
            if self.timestamping is None:
                return sign_pdf(pdf, key, act)
            # While the authority is given a rest nothing is signed twice for want of it.
            why = "the authority is given a rest"
            if not self.timestamping.breaker.resting:
                try:
                    return sign_pdf(pdf, key, act, self.timestamping)
                except TimestampMissingError as error:
                    why = str(error)
            log.warning("signed without a timestamp", extra={"error": why})
            return sign_pdf(pdf, key, act)
