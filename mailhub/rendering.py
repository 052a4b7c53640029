"""Rendering (provisional)."""

from dataclasses import dataclass
from email.message import EmailMessage

from mailhub.errors import MailhubError
from mailhub.notices import return_path
from storage.records import Dispatch


class RenderingError(MailhubError):
    """x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    key: bytes
    domain: str

    def return_path(self, dispatch: Dispatch) -> str:
        return return_path.sign(dispatch.id, key=self.key, domain=self.domain)

    def render(self, dispatch: Dispatch) -> bytes:
        m = EmailMessage()
        m["Subject"] = dispatch.draft.kind
        m["Message-ID"] = dispatch.draft.message_id
        m["To"] = dispatch.draft.recipient
        m.set_content("x")
        return m.as_bytes()
