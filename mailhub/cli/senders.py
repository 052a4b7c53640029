"""Who sent a mail, in lines: what each check said, what it proves, and whose address the directory says it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailhub.cli.output import Column, Fit
from mailhub.language import Text
from mailhub.policy.case import DirectoryView
from parsers.mail.authentication import Method, Proof, Result, SenderAuthentication

PROOFS: dict[Proof, Text] = {
    Proof.PROVED: Text(vi="đã xác thực", en="authenticated"),
    Proof.UNCHECKED: Text(vi="KHÔNG KIỂM TRA (mục [senders] trống)", en="NOT CHECKED ([senders] is empty)"),
    Proof.UNPROVED: Text(vi="chưa có gì xác nhận", en="nothing confirms it"),
    Proof.PENDING: Text(vi="DNS chưa trả lời", en="DNS did not answer"),
    Proof.FAILED: Text(vi="CÓ THỂ BỊ GIẢ", en="MAY BE FORGED"),
}
METHODS: dict[Method, Text] = {
    Method.OFF: Text(vi="không", en="none"),
    Method.DNS: Text(vi="tự hỏi DNS", en="own DNS"),
    Method.BORDER: Text(vi="máy chủ biên", en="border server"),
}
MATCHES: dict[str, Text] = {
    "login": Text(vi="theo tên đăng nhập", en="by login"),
    "address": Text(vi="theo địa chỉ", en="by address"),
    "domain": Text(vi="theo tên miền", en="by domain"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderCheck:
    """One check of a mail's sender."""

    check: str
    result: Result
    domain: str
    detail: str
    aligned: bool | None
    source: Method


SENDER_LINE: Sequence[Column[SenderCheck]] = (
    Column(key="check", heading=Text(vi="Kiểm tra", en="Check"), value=lambda it: it.check),
    Column(key="result", heading=Text(vi="Kết quả", en="Result"), value=lambda it: it.result),
    Column(key="domain", heading=Text(vi="Tên miền", en="Domain"), value=lambda it: it.domain, fit=Fit.FOLD),
    Column(key="detail", heading=Text(vi="Chi tiết", en="Detail"), value=lambda it: it.detail, fit=Fit.FOLD),
    Column(key="aligned", heading=Text(vi="Khớp From", en="Aligned"), value=lambda it: it.aligned),
    Column(key="source", heading=Text(vi="Nguồn", en="Source"), value=lambda it: it.source, show=lambda it: METHODS[it.source]),
)


def checks_of(found: SenderAuthentication) -> Iterator[SenderCheck]:
    """Every check with its result, the conclusion last; nothing where nothing was checked."""
    if found.method is Method.OFF:
        return
    spf, source = found.spf, found.method
    yield SenderCheck(
        check="spf",
        result=spf.result,
        domain=spf.domain,
        detail=joined(spf.identity, spf.reason),
        aligned=found.spf_aligned,
        source=source,
    )
    for signature in found.dkim:
        detail = joined(signature.selector, signature.algorithm, bits(signature.key_bits), signature.reason)
        yield SenderCheck(
            check="dkim",
            result=signature.result,
            domain=signature.domain,
            detail=detail,
            aligned=signature.aligned,
            source=source,
        )
    if found.arc.result is not Result.NONE:
        detail = joined(f"{found.arc.hops} hops", "believed" if found.arc.believed else "", found.arc.reason)
        yield SenderCheck(
            check="arc", result=found.arc.result, domain=found.arc.sealer, detail=detail, aligned=None, source=source
        )
    dmarc = found.dmarc
    policy = f"p={dmarc.policy}" if dmarc.policy else ""
    where = dmarc.record_domain if dmarc.record_domain != found.domain else ""
    yield SenderCheck(
        check="dmarc",
        result=dmarc.result,
        domain=found.domain,
        detail=joined(policy, where, dmarc.reason),
        aligned=None,
        source=source,
    )


def conclusion(found: SenderAuthentication) -> Text:
    """What all checks prove, and by what."""
    proof = PROOFS[found.proof]
    by = f" ({found.reason})" if found.reason and found.proof is not Proof.UNCHECKED else ""
    login = Text(vi=f"; đăng nhập {found.login}", en=f"; logged in as {found.login}") if found.login else Text(vi="", en="")
    return Text(vi=f"{proof.vi}{by}{login.vi}", en=f"{proof.en}{by}{login.en}")


def standing(view: DirectoryView, found: SenderAuthentication) -> Text:
    """The sender as the directory knows it, or why it does not."""
    known, issuer, imitated = view.sender, view.issuer, view.imitated
    said = conclusion(found)
    if known is not None:
        by = MATCHES.get(known.matched_by, Text(vi=known.matched_by, en=known.matched_by))
        return Text(vi=f"{known.code} {known.name} {by.vi}; {said.vi}", en=f"{known.code} {known.name} {by.en}; {said.en}")
    if imitated is not None:
        name = f"{imitated.code} {imitated.name}"
        return Text(vi=f"người lạ, giống {name}; {said.vi}", en=f"a stranger who resembles {name}; {said.en}")
    if issuer is not None and found.proof is Proof.PROVED:
        return Text(
            vi=f"tên miền {found.domain} xác thực đạt nhưng chưa đăng ký cho cơ quan {issuer.code}",
            en=f"domain {found.domain} passes but is not registered for agency {issuer.code}",
        )
    return Text(vi=f"không có trong danh bạ; {said.vi}", en=f"not in the directory; {said.en}")


def bits(number: int) -> str:
    """The length of a key, where it is known."""
    return f"{number} bit" if number else ""


def joined(*parts: str) -> str:
    """The parts that say something."""
    return ", ".join(part for part in parts if part)
