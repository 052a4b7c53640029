"""How a decision is explained: the rule, its reasons in full, the signatures, and the same decision run again."""

from collections.abc import Sequence

from mailhub.cli.audit import EVENT_LINE
from mailhub.cli.case_words import CASE_LINE
from mailhub.cli.findings import FIELD_LINE, FINDING_LINE, fields_of, findings_of
from mailhub.cli.output import Column, Fit, Output
from mailhub.cli.senders import SENDER_LINE, checks_of, standing
from mailhub.cli.signature_details import FACT_LINE, facts_of
from mailhub.cli.signatures import SIGNATURE_LINE, signatures_in
from mailhub.cli.words import LEGAL_VALUES
from mailhub.language import Text, word
from mailhub.letters import Explanation
from mailhub.policy.case import Action, Decision
from mailhub.policy.covering import signed_files
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text

ACTIONS: dict[Action, Text] = {
    Action.FILE: Text(vi="vào sổ", en="file"),
    Action.RETURN: Text(vi="trả lại", en="return"),
    Action.HOLD: Text(vi="giữ chờ văn thư quyết", en="hold for a clerk"),
    Action.REPEAT: Text(vi="báo lại số đã cấp", en="repeat the first receipt"),
    Action.SEAL: Text(vi="niêm phong", en="seal"),
    Action.WAIT: Text(vi="chờ kiểm tra xong", en="wait for checks"),
}


DETAILS = Text(vi="Từng chữ ký", en="Each signature")


def versions(decision: Decision) -> dict[str, object]:
    """What the decision depended on beside its facts."""
    return {"rules": decision.rule_set, "policy": decision.policy_version, "trust": decision.trust_version[:16]}


def rerun(explanation: Explanation) -> Text:
    """Whether the same inputs still give the same decision."""
    before, now = explanation.record.decision.rule_set, explanation.again.rule_set
    if explanation.same:
        later = before != now
        return Text(
            vi=f"ra cùng quyết định{f' theo bộ quy tắc {now}' if later else ''}",
            en=f"the same decision{f' by rule set {now}' if later else ''}",
        )
    action = ACTIONS[explanation.again.action]
    if explanation.reproduced:
        return Text(vi=f"máy: {action.vi}; văn thư đã quyết khác", en=f"the machine: {action.en}; a clerk decided otherwise")
    return Text(vi=f"RA KHÁC: {action.vi}", en=f"DIFFERENT: {action.en}")


SHEET: Sequence[Column[Explanation]] = (
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=lambda it: f"h{it.letter.id}"),
    Column(
        key="action",
        heading=Text(vi="Quyết định", en="Decision"),
        value=lambda it: it.record.decision.action,
        show=lambda it: ACTIONS[it.record.decision.action],
    ),
    Column(key="decided_by", heading=Text(vi="Người quyết", en="Decided by"), value=lambda it: it.letter.decided_by),
    Column(key="now", heading=Text(vi="Xét lúc", en="Judged at"), value=lambda it: it.record.now),
    Column(key="rule", heading=Text(vi="Quy tắc", en="Rule"), value=lambda it: it.record.decision.rule),
    Column(key="automatic", heading=Text(vi="Máy được tự làm", en="By machine"), value=lambda it: it.record.decision.automatic),
    Column(
        key="legal_value",
        heading=Text(vi="Giá trị chữ ký", en="Signatures"),
        value=lambda it: it.record.decision.legal_value,
        show=lambda it: word(LEGAL_VALUES, it.record.decision.legal_value),
    ),
    Column(
        key="sender",
        heading=Text(vi="Người gửi", en="Sender"),
        value=lambda it: it.record.facts.mail.authentication.proof,
        show=lambda it: standing(it.record.directory, it.record.facts.mail.authentication),
    ),
    Column(key="missing", heading=Text(vi="Thiếu", en="Missing"), value=lambda it: it.record.decision.missing),
    Column(
        key="versions",
        heading=Text(vi="Phiên bản", en="Versions"),
        value=lambda it: versions(it.record.decision),
        show=lambda it: " · ".join(f"{name} {value}" for name, value in versions(it.record.decision).items()),
    ),
    Column(
        key="reproduced",
        heading=Text(vi="Chạy lại", en="Run again"),
        value=lambda it: it.reproduced,
        show=rerun,
    ),
)
REASON_LINE: Sequence[Column[ReasonCode]] = (
    Column(key="code", heading=Text(vi="Lý do", en="Reason"), value=lambda code: code),
    Column(
        key="sentence",
        heading=Text(vi="Nghĩa", en="Meaning"),
        value=lambda code: reason_text(code).clerk.en,
        show=lambda code: reason_text(code).clerk,
        fit=Fit.FOLD,
    ),
)


def show_explanation(output: Output, explanation: Explanation) -> None:
    """Print why a letter was decided as it was; as JSON with every input."""
    record = explanation.record
    if output.json:
        output.raw(
            {
                "letter": f"h{explanation.letter.id}",
                "reproduced": explanation.reproduced,
                "record": record,
                "again": explanation.again,
                "cases": explanation.cases,
            }
        )
        return
    signed = signed_files(record.facts)
    letter, sender = record.facts.letter, record.facts.mail.authentication
    general = (*letter.secrecy, *letter.findings, *record.facts.mail_findings)
    parts = (
        output.part("reasons", Text(vi="Lý do", en="Reasons"), REASON_LINE, record.decision.reasons),
        output.part("sender", Text(vi="Kiểm tra người gửi", en="Sender"), SENDER_LINE, checks_of(sender)),
        output.part("signatures", Text(vi="Chữ ký số", en="Signatures"), SIGNATURE_LINE, signatures_in(signed)),
        output.part("signature_details", DETAILS, FACT_LINE, facts_of(record, output.zone)),
        output.part("fields", Text(vi="Đọc được trên văn bản", en="Read from the letter"), FIELD_LINE, fields_of(letter.fields)),
        output.part(
            "findings", Text(vi="Kết quả kiểm tra", en="Findings"), FINDING_LINE, findings_of(general, record.facts.files)
        ),
        output.part("cases", Text(vi="Vụ việc phát hiện sau", en="What turned up later"), CASE_LINE, explanation.cases),
        output.part("history", Text(vi="Nhật ký", en="Log"), EVENT_LINE, explanation.history),
    )
    output.record(SHEET, explanation, parts)
