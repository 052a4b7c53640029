"""Readiness: what a hub still lacks before it may return anything by machine, and before it can answer at all."""

from mailhub.hub import Hub
from mailhub.language import Text

MUTE = Text(
    vi="Thông báo nào cũng sẽ bị lỗi, kể cả thông báo tiếp nhận: điền contact.name và contact.phone trong mailhub.toml.",
    en="Every notice will fail, even a receipt: fill in contact.name and contact.phone in mailhub.toml.",
)


UNCHECKED = Text(
    vi="Người gửi KHÔNG được kiểm tra (SPF, DKIM, DMARC): địa chỉ gửi có thể bị giả. Điền [senders] trong mailhub.toml.",
    en="Senders are NOT checked (SPF, DKIM, DMARC): a sender's address may be forged. Fill in [senders] in mailhub.toml.",
)


def mute(hub: Hub) -> bool:
    """Whether no notice can leave: each names whom to ask, and there is nobody to name."""
    return not (hub.settings.contact.name and hub.settings.contact.phone)


def without_revocation(hub: Hub) -> Text | None:
    """The issuers of certificates seen lately of whose revocations nothing is known now; None where there are none."""
    found = hub.revocation_standing.lacking()
    if not found:
        return None
    names = "; ".join(item.issuer for item in found)
    return Text(
        vi=f"Không có dữ liệu thu hồi còn hạn của {len(found)} cơ quan cấp chứng thư ({names}): mailhub trust revocation check",
        en=f"No current revocation data of {len(found)} issuers of certificates ({names}): mailhub trust revocation check",
    )


def lacking(hub: Hub) -> tuple[Text, ...]:
    """What a hub still lacks before it may return anything by machine (design, promise 9)."""
    missing = []
    if not hub.trust.has_anchors():
        missing.append(
            Text(
                vi="chưa có chứng thư gốc tin cậy: thêm bằng `mailhub trust add TỆP`",
                en="no trust anchor yet: add one with `mailhub trust add FILE`",
            )
        )
    if not hub.settings.returns.legal_basis:
        missing.append(
            Text(vi="returns.legal_basis còn trống trong mailhub.toml", en="returns.legal_basis is empty in mailhub.toml")
        )
    if mute(hub):
        missing.append(
            Text(
                vi="contact.name hoặc contact.phone còn trống trong mailhub.toml",
                en="contact.name or contact.phone is empty in mailhub.toml",
            )
        )
    return tuple(missing)
