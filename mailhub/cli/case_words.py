"""Cases as lines of tables and in a few words."""

from collections.abc import Mapping, Sequence

from mailhub.cli.output import Column, Fit
from mailhub.language import Text
from storage.records import Case, CaseState

CASE_STATES: Mapping[CaseState, Text] = {
    CaseState.OPEN: Text(vi="CẦN QUYẾT", en="OPEN"),
    CaseState.SETTLED: Text(vi="đã xử lý", en="settled"),
}

CASE_LINE: Sequence[Column[Case]] = (
    Column(key="id", heading=Text(vi="Vụ việc", en="Case"), value=lambda case: case.id, right=True),
    Column(
        key="state",
        heading=Text(vi="Tình trạng", en="State"),
        value=lambda case: case.state,
        show=lambda case: CASE_STATES[case.state],
    ),
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=lambda case: f"h{case.draft.letter_id}"),
    Column(key="signer", heading=Text(vi="Người ký", en="Signer"), value=lambda case: case.draft.signer, fit=Fit.FOLD),
    Column(key="revoked_at", heading=Text(vi="Thu hồi lúc", en="Revoked"), value=lambda case: case.draft.revoked_at, brief=True),
    Column(
        key="proved_at",
        heading=Text(vi="Ký, có chứng cứ lúc", en="Signed, as proved"),
        value=lambda case: case.draft.proved_at,
        brief=True,
    ),
    Column(key="found_at", heading=Text(vi="Phát hiện", en="Found"), value=lambda case: case.draft.found_at, brief=True),
    Column(key="decided_by", heading=Text(vi="Người xử lý", en="By"), value=lambda case: case.decided_by),
    Column(key="reason", heading=Text(vi="Lý do", en="Reason"), value=lambda case: case.reason, fit=Fit.FOLD),
    Column(key="certificate", value=lambda case: case.draft.certificate),
    Column(key="decided_at", value=lambda case: case.decided_at),
)


def cases_line(count: int) -> Text:
    """How many cases wait, in a few words."""
    return Text(vi=f"VỤ VIỆC CẦN QUYẾT {count} (mailhub case list)", en=f"CASES TO DECIDE {count} (mailhub case list)")
