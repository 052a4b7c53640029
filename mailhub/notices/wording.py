"""From what was found and decided to the words of a notice."""

from mailhub.checking.reading import ReadFile
from mailhub.language import Text
from mailhub.notices.context import FileLine, LetterName, ReasonLine
from mailhub.policy.case import Decision, LetterFacts, SignatureScope
from mailhub.policy.covering import by_document, signed_files
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.standing import Standing, beside_standings, file_standings, report_standing, reports_of
from mailhub.profiles.vn.reasons import reason_text
from mailhub.profiles.vn.signature_words import signature_words
from parsers.letter import LetterFields
from parsers.signatures.model import Indication

INTERNAL = frozenset(
    {
        ReasonCode.SUPERIOR_IMPERFECT,
        ReasonCode.URGENT_IMPERFECT,
        ReasonCode.TRUST_NOT_CONFIGURED,
        ReasonCode.CHECKS_PENDING,
        ReasonCode.SIGNER_UNCONFIRMED,
        ReasonCode.HELD_BY_CLERK,
        ReasonCode.SECRECY_MARK,
    }
)
"""Reasons of the office's own house: no sender can do anything about them."""

PROVED = frozenset(
    {
        ReasonCode.TYPE_NOT_ALLOWED,
        ReasonCode.CHANGED_AFTER_SIGNING,
        ReasonCode.SIGNATURE_BROKEN,
        ReasonCode.UNSIGNED,
    }
)

ABOUT_SIGNATURES = {
    ReasonCode.CHANGED_AFTER_SIGNING: frozenset({Standing.CHANGED}),
    ReasonCode.SIGNATURE_BROKEN: frozenset({Standing.BROKEN, Standing.MALFORMED}),
    ReasonCode.CERTIFICATE_NOT_VALID: frozenset({Standing.NOT_VALID}),
}
"""Reasons that are verdicts on signatures, with how those stand that they are about."""

VERDICTS = {
    Standing.CHANGED: Text(vi="nội dung thay đổi sau khi ký số", en="content changed after signing"),
    Standing.BROKEN: Text(vi="chữ ký số không khớp nội dung", en="signature does not match the content"),
    Standing.MALFORMED: Text(vi="chữ ký số không đọc được", en="signature cannot be read"),
    Standing.NOT_VALID: Text(vi="chứng thư số không có hiệu lực khi ký", en="certificate not valid when signed"),
    Standing.CHANGED_BEFORE_SEAL: Text(vi="có phần thêm giữa hai chữ ký số", en="something was added between the signatures"),
    Standing.NO_TRUST: Text(vi="chữ ký số chưa kiểm tra được", en="signature could not be checked yet"),
    Standing.NOT_CHECKED: Text(vi="chữ ký số chưa kiểm tra được", en="signature could not be checked"),
    Standing.UNSETTLED: Text(vi="chữ ký số chưa kiểm tra xong", en="signature not settled yet"),
}
"""Worst first: a file is called by the worst that was found on it."""

UNSIGNED = Text(vi="không ký số", en="not signed")


def file_lines(facts: LetterFacts) -> tuple[FileLine, ...]:
    """The files of a letter with what their signatures amount to; pictures inside the mail's text are not listed."""
    attached = [file for file in facts.files if not file.inline]
    signed_by = by_document(item for item in facts.signature_files if item.scope is SignatureScope.FILES)
    return tuple(
        FileLine(
            name=file.name or file.path,
            size=file.size,
            sha256=file.sha256,
            verdict=file_verdict(file, tuple(other for other in signed_by.get(file.sha256, ()) if other.path != file.path)),
        )
        for file in attached
    )


def file_verdict(file: ReadFile, signing: tuple[ReadFile, ...] = ()) -> Text:
    """What the signatures of one file amount to, in a few words; those in other files with the names of these."""
    standings = file_standings(file).union(*(beside_standings(other, file) for other in signing))
    words = words_of(standings, sum(valid_signatures(one) for one in (file, *signing)))
    names = ", ".join(other.name or other.path for other in signing)
    return Text(vi=f"{words.vi} ({names})", en=f"{words.en} ({names})") if names else words


def words_of(standings: frozenset[Standing], valid: int) -> Text:
    """The worst that was found, else how many signatures are valid."""
    if not standings:
        return UNSIGNED
    worst = next((words for standing, words in VERDICTS.items() if standing in standings), None)
    return worst or Text(vi=f"{valid} chữ ký số hợp lệ", en=f"{valid} valid signature{'' if valid == 1 else 's'}")


def valid_signatures(file: ReadFile) -> int:
    """How many valid signatures a file bears."""
    return sum(report.indication is Indication.TOTAL_PASSED for report in reports_of(file))


def letter_name(fields: LetterFields) -> LetterName:
    """How the letter calls itself."""
    return LetterName(
        reference=fields.reference.value if fields.reference else "",
        issued_on=fields.issued_on.value if fields.issued_on else None,
        subject=fields.subject.value if fields.subject else "",
    )


def told_reasons(decision: Decision) -> tuple[ReasonCode, ...]:
    """The reasons that the sender is told. A machine tells only what was proved, a clerk also what was read from text."""
    first, *others = decision.reasons
    further = [reason for reason in others if (reason in PROVED if decision.automatic else reason not in INTERNAL)]
    return tuple(reason for reason in (first, *further) if reason not in INTERNAL)


def told_missing(decision: Decision) -> tuple[str, ...]:
    """The missing enclosures, where the sender is told that some are."""
    return decision.missing if ReasonCode.ENCLOSURES_MISSING in told_reasons(decision) else ()


def reason_lines(decision: Decision, facts: LetterFacts) -> tuple[ReasonLine, ...]:
    """The told reasons in words; where all signatures that a reason is about have one verdict, in the words for that."""
    return tuple(verdict_line(code, facts) or reason_line(code) for code in told_reasons(decision))


def verdict_line(code: ReasonCode, facts: LetterFacts) -> ReasonLine | None:
    """A reason in the words for the verdict behind it: "expired" and "revoked" ask for different things."""
    about = ABOUT_SIGNATURES.get(code, frozenset())
    found = {
        signature_words().of(report.indication, report.sub_indication, report.reasons)
        for file in (signed_files(facts) if about else ())
        for report in reports_of(file)
        if report_standing(report) in about
    }
    if len(found) != 1:
        return None
    words = found.pop()
    return ReasonLine(code=code, sentence=words.sender, remedy=words.remedy)


def reason_line(code: ReasonCode) -> ReasonLine:
    """One reason as the sender is told it."""
    words = reason_text(code)
    return ReasonLine(code=code, sentence=words.sender, remedy=words.remedy)
