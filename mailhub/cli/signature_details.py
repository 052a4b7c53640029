"""Everything about each signature, for `letter explain`: whose it is, and what the verdict rests on, one fact a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from mailhub.cli.output import Column, Fit, Value
from mailhub.cli.signatures import signer, verdict_with_reasons
from mailhub.language import Text
from mailhub.policy.case import SignerTie
from mailhub.policy.covering import signed_files
from mailhub.policy.record import DecisionRecord
from mailhub.profiles.vn.signature_words import signature_words
from parsers.signatures.model import MAIL_FORMAT, Coverage, Indication, SignatureReport, SignerKind

KINDS = {
    SignerKind.PERSON: Text(vi="cá nhân", en="a person's"),
    SignerKind.ORGANISATION: Text(vi="cơ quan", en="an organisation's"),
    SignerKind.UNKNOWN: Text(vi="chưa rõ của người hay cơ quan", en="a person's or an organisation's, not told"),
}
COVERAGES = {
    Coverage.ENTIRE_FILE: Text(vi="toàn tệp", en="the whole file"),
    Coverage.ENTIRE_REVISION: Text(
        vi="toàn bộ bản lúc ký; sau đó tệp còn được thêm", en="all of it as signed; more was added later"
    ),
    Coverage.PARTIAL: Text(vi="một phần tệp", en="a part of the file"),
    Coverage.UNCLEAR: Text(vi="chưa rõ", en="not clear"),
}
VERDICT, SIGNER = Text(vi="Kết luận", en="Verdict"), Text(vi="Người ký", en="Signer")
MEANING, TO_SENDER = Text(vi="Nghĩa là", en="Meaning"), Text(vi="Nói với bên gửi", en="For the sender")
REVOCATION = {
    "good": Text(vi="chưa bị thu hồi", en="not revoked"),
    "revoked": Text(vi="đã bị thu hồi", en="revoked"),
    "revoked-ca": Text(vi="chứng thư của nơi cấp đã bị thu hồi", en="its authority's certificate is revoked"),
    "on-hold": Text(vi="đang bị tạm dừng", en="on hold"),
    "unknown": Text(vi="không có dữ liệu", en="no data"),
    "not-checked": Text(vi="chưa kiểm tra", en="not checked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact about a signature."""

    number: int
    what: Text
    value: Value | Text


FACT_LINE: Sequence[Column[Fact]] = (
    Column(key="number", heading=Text(vi="Số", en="No."), value=lambda fact: fact.number, right=True),
    Column(key="what", heading=Text(vi="Mục", en="What"), value=lambda fact: fact.what.en, show=lambda fact: fact.what),
    Column(
        key="value",
        heading=Text(vi="Nội dung", en="Found"),
        value=lambda fact: fact.value.en if isinstance(fact.value, Text) else fact.value,
        show=lambda fact: fact.value if isinstance(fact.value, Text) else str(fact.value),
        fit=Fit.FOLD,
    ),
)
"""Moments are written with their zone: seven hours decide about a signing time."""


def facts_of(record: DecisionRecord, zone: tzinfo | None) -> Iterator[Fact]:
    """What is known of every signature of a letter and its mail, in the order of the table above."""
    ties = {tie.certificate_sha256: tie for tie in record.directory.signers}
    number = 0
    for file in signed_files(record.facts):
        for report in file.signatures.signatures if file.signatures else ():
            number += 1
            lines = [(what, value) for what, value in lines_of(file.name, localised(report, zone), ties) if value]
            yield from (Fact(number=number, what=what, value=value) for what, value in lines)


def localised(report: SignatureReport, zone: tzinfo | None) -> SignatureReport:
    """The report with its moments in the unit's zone."""
    stamp = report.timestamp
    return replace(
        report,
        best_signature_time=report.best_signature_time.astimezone(zone),
        claimed_signing_time=report.claimed_signing_time.astimezone(zone) if report.claimed_signing_time else None,
        timestamp=replace(stamp, generated_at=stamp.generated_at.astimezone(zone)) if stamp else None,
        revoked_at=report.revoked_at.astimezone(zone) if report.revoked_at else None,
        revocation_updated_at=report.revocation_updated_at.astimezone(zone) if report.revocation_updated_at else None,
    )


def lines_of(file: str, report: SignatureReport, ties: dict[str, SignerTie] | None) -> Iterator[tuple[Text, str | Text]]:
    """The facts about one signature; those without a value are left out by whoever asks. Without a hub there are no ties."""
    sha256 = report.signer.der_sha256 if report.signer else ""
    yield Text(vi="Tệp", en="File"), " · ".join(filter(None, (file, report.format, report.field)))
    yield VERDICT, verdict_with_reasons(report)
    if report.indication is not Indication.TOTAL_PASSED:
        words = signature_words().of(report.indication, report.sub_indication, report.reasons)
        yield MEANING, words.clerk
        yield TO_SENDER, words.told
    yield SIGNER, holder(report)
    yield Text(vi="Của", en="Whose"), whose(report, ties.get(sha256)) if ties is not None else ""
    yield Text(vi="Chứng thư", en="Certificate"), certificate(report)
    yield Text(vi="Thời điểm", en="Time"), time_of(report)
    yield Text(vi="Đường dẫn", en="Path"), " → ".join(one.common_name or one.subject for one in report.trust_path)
    yield Text(vi="Thu hồi", en="Revocation"), revocation(report)
    yield Text(vi="Phủ", en="Covers"), covered(report)
    yield Text(vi="Mức", en="Level"), " · ".join(filter(None, (report.level, algorithms(report))))
    yield Text(vi="Phần ngoài chữ ký", en="Not signed"), ", ".join(report.uncovered)
    yield Text(vi="Ghi chú", en="Detail"), report.detail


def holder(report: SignatureReport) -> str:
    """Name and organisation in the certificate."""
    organisation = report.signer.organisation if report.signer else ""
    return " · ".join(dict.fromkeys(filter(None, (signer(report), organisation))))


def whose(report: SignatureReport, tie: SignerTie | None) -> Text | str:
    """A person's or an organisation's, and of which agency, as a clerk has said."""
    if report.signer is None:
        return ""
    kind = KINDS[tie.kind if tie and tie.kind is not SignerKind.UNKNOWN else report.signer_kind]
    if tie is not None and tie.agency_id is not None:
        return Text(vi=f"{kind.vi} · {tie.agency_name}", en=f"{kind.en} · {tie.agency_name}")
    alike = tie.resembles if tie else ""
    if alike:
        return Text(
            vi=f"{kind.vi} · chưa xác nhận; giống chứng thư đã gắn với {alike}, có thể là chứng thư gia hạn",
            en=f"{kind.en} · not confirmed; like a certificate tied to {alike}, perhaps a renewed one",
        )
    return Text(vi=f"{kind.vi} · chưa xác nhận của cơ quan nào", en=f"{kind.en} · not confirmed whose")


def certificate(report: SignatureReport) -> Text | str:
    """Issuer, serial number, validity and fingerprint."""
    found = report.signer
    if found is None:
        return ""
    days = f"{found.not_before:%Y-%m-%d} – {found.not_after:%Y-%m-%d}"
    return Text(
        vi=f"{found.issuer} · số {found.serial} · hiệu lực {days} · SHA-256 {found.der_sha256}",
        en=f"{found.issuer} · serial {found.serial} · valid {days} · SHA-256 {found.der_sha256}",
    )


def time_of(report: SignatureReport) -> Text:
    """When it was made: what is proved, and what the signer's own clock said."""
    proved, claimed, stamp = report.best_signature_time, report.claimed_signing_time, report.timestamp
    vi, en = f"có trước {proved.isoformat(timespec='seconds')}", f"existed by {proved.isoformat(timespec='seconds')}"
    if stamp is not None:
        trusted = Text(vi="được tin", en="trusted") if stamp.trusted else Text(vi="CHƯA được tin", en="NOT trusted")
        authority = f" · {stamp.authority}" if stamp.authority else ""
        vi += f"; dấu thời gian {stamp.generated_at.isoformat(timespec='seconds')}{authority} ({trusted.vi})"
        en += f"; timestamp {stamp.generated_at.isoformat(timespec='seconds')}{authority} ({trusted.en})"
    if claimed is not None:
        vi, en = (
            f"{vi}; máy người ký ghi {claimed.isoformat(timespec='seconds')}",
            f"{en}; the signer's clock said {claimed.isoformat(timespec='seconds')}",
        )
    return Text(vi=vi, en=en)


def revocation(report: SignatureReport) -> Text:
    """What is known of revocation, from where, and how old that is."""
    status = REVOCATION.get(report.revocation_status, Text(vi=report.revocation_status, en=report.revocation_status))
    vi, en = status.vi, status.en
    if report.revocation_source:
        vi, en = f"{vi} · {report.revocation_source}", f"{en} · {report.revocation_source}"
    if report.revocation_updated_at is not None:
        at = report.revocation_updated_at.isoformat(timespec="seconds")
        vi, en = f"{vi} · dữ liệu lúc {at}", f"{en} · data of {at}"
    if report.revoked_at is not None:
        at = report.revoked_at.isoformat(timespec="seconds")
        vi, en = f"{vi} · thu hồi lúc {at}", f"{en} · revoked at {at}"
    return Text(vi=vi, en=en)


def covered(report: SignatureReport) -> Text:
    """How much of the file, or of the mail, the signature is over, and what was changed later."""
    if report.format == MAIL_FORMAT:
        return over_mail(report)
    words = COVERAGES[report.coverage]
    vi, en = words.vi, words.en
    if report.changed_pages:
        pages = ", ".join(map(str, report.changed_pages))
        vi, en = f"{vi}; trang đổi sau đó: {pages}", f"{en}; pages changed later: {pages}"
    if report.changed_fields:
        fields = ", ".join(report.changed_fields)
        vi, en = f"{vi}; ô nhập đổi sau đó: {fields}", f"{en}; fields changed later: {fields}"
    return Text(vi=vi, en=en)


def over_mail(report: SignatureReport) -> Text:
    """What a mail's signature says of the mail."""
    whole = Text(vi="toàn thư", en="the whole mail")
    if report.whole_message is not True:
        whole = Text(vi="CHỈ MỘT PHẦN thư", en="A PART of the mail ONLY")
    matches = Text(vi="địa chỉ gửi đúng chứng thư", en="From is the certificate's")
    if report.from_matches is not True:
        matches = Text(vi="địa chỉ gửi KHÔNG có trong chứng thư", en="From is NOT in the certificate")
    return Text(vi=f"{whole.vi}; {matches.vi}", en=f"{whole.en}; {matches.en}")


def algorithms(report: SignatureReport) -> str:
    """Digest, signature algorithm and key size."""
    bits = f"{report.key_bits} bit" if report.key_bits else ""
    return " ".join(filter(None, (report.digest_algorithm, report.signature_algorithm, bits)))
