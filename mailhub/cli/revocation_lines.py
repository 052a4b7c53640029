"""Revocation data as lines of tables: what is stored, where it is fetched, which issuers have any."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mailhub.cli.output import Column, Fit
from mailhub.language import Text
from storage.records import FetchSource, RevocationItem

if TYPE_CHECKING:
    from mailhub.revocation.standing import IssuerStanding
    from mailhub.revocation.store import Imported

KINDS: Mapping[str, Text] = {"crl": Text(vi="danh sách (CRL)", en="list (CRL)"), "ocsp": Text(vi="OCSP", en="OCSP")}
SUPPLIES: Mapping[str, Text] = {
    "current": Text(vi="còn hạn", en="current"),
    "stale": Text(vi="HẾT HẠN", en="STALE"),
    "missing": Text(vi="CHƯA CÓ", en="MISSING"),
}
ITEM_LINE: Sequence[Column[RevocationItem]] = (
    Column(key="kind", heading=Text(vi="Loại", en="Kind"), value=lambda item: item.kind, show=lambda item: KINDS[item.kind]),
    Column(key="issuer", heading=Text(vi="Cơ quan cấp", en="Issuer"), value=lambda item: item.issuer, fit=Fit.FOLD),
    Column(key="serial", heading=Text(vi="Số chứng thư", en="Certificate"), value=lambda item: item.serial, fit=Fit.CUT),
    Column(key="this_update", heading=Text(vi="Phát hành", en="Issued"), value=lambda item: item.this_update, brief=True),
    Column(key="next_update", heading=Text(vi="Đến", en="Until"), value=lambda item: item.next_update, brief=True),
    Column(key="number", heading=Text(vi="Số", en="No."), value=lambda item: item.number, right=True),
    Column(key="size", heading=Text(vi="Byte", en="Octets"), value=lambda item: item.size, right=True),
    Column(key="place", heading=Text(vi="Từ", en="From"), value=lambda item: item.place, fit=Fit.CUT),
    Column(key="fetched_at", value=lambda item: item.fetched_at),
    Column(key="source", value=lambda item: item.source),
    Column(key="sha256", value=lambda item: item.sha256),
    Column(key="issuer_key", value=lambda item: item.issuer_key),
)
IMPORT_LINE: Sequence[Column["Imported"]] = (
    Column(key="file", heading=Text(vi="Tệp", en="File"), value=lambda item: item.place, fit=Fit.FOLD),
    Column(key="new", heading=Text(vi="Mới", en="New"), value=lambda item: item.new, right=True),
    Column(key="known", heading=Text(vi="Đã có", en="Known"), value=lambda item: item.known, right=True),
    Column(
        key="refused",
        heading=Text(vi="Không nhận vì", en="Refused because"),
        value=lambda item: str(item.refused or ""),
        show=lambda item: item.refused or "",
        fit=Fit.FOLD,
    ),
)
SOURCE_LINE: Sequence[Column[FetchSource]] = (
    Column(key="address", heading=Text(vi="Địa chỉ", en="Address"), value=lambda source: source.address, fit=Fit.FOLD),
    Column(
        key="kind", heading=Text(vi="Loại", en="Kind"), value=lambda source: source.kind, show=lambda source: KINDS[source.kind]
    ),
    Column(
        key="last_success_at",
        heading=Text(vi="Tải được lúc", en="Last success"),
        value=lambda source: source.last_success_at,
        brief=True,
    ),
    Column(key="due_at", heading=Text(vi="Lần tới", en="Next"), value=lambda source: source.due_at, brief=True),
    Column(key="failures", heading=Text(vi="Hỏng", en="Failures"), value=lambda source: source.failures, right=True),
    Column(key="last_error", heading=Text(vi="Lỗi cuối", en="Last error"), value=lambda source: source.last_error, fit=Fit.FOLD),
    Column(key="last_attempt_at", value=lambda source: source.last_attempt_at),
)
ISSUER_LINE: Sequence[Column["IssuerStanding"]] = (
    Column(key="issuer", heading=Text(vi="Cơ quan cấp", en="Issuer"), value=lambda item: item.issuer, fit=Fit.FOLD),
    Column(
        key="supply",
        heading=Text(vi="Dữ liệu", en="Data"),
        value=lambda item: item.supply,
        show=lambda item: SUPPLIES[item.supply],
    ),
    Column(key="this_update", heading=Text(vi="Phát hành", en="Issued"), value=lambda item: item.this_update, brief=True),
    Column(key="until", heading=Text(vi="Còn giá trị đến", en="Counts until"), value=lambda item: item.until, brief=True),
    Column(key="certificates", heading=Text(vi="Chứng thư", en="Certificates"), value=lambda item: item.certificates, right=True),
    Column(key="covered", heading=Text(vi="Có dữ liệu", en="Covered"), value=lambda item: item.covered, right=True),
    Column(key="revoked", heading=Text(vi="Đã thu hồi", en="Revoked"), value=lambda item: item.revoked, right=True),
    Column(key="seen_at", heading=Text(vi="Gặp lần cuối", en="Last seen"), value=lambda item: item.seen_at, brief=True),
    Column(key="failing", value=lambda item: [source.address for source in item.failing]),
)
