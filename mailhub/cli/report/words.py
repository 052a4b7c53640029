"""What a report says in words: its sentence, and the names of its figures."""

from collections.abc import Mapping
from datetime import datetime

from mailhub.cli.letter.lines import reason_words
from mailhub.cli.output import Output, grouped
from mailhub.cli.words import LEGAL_VALUES
from mailhub.language import Text, word
from mailhub.policy.paper import PaperException
from mailhub.reports.sheet import Against, Comparison, Line, Report, expected, gapless, shares
from storage.records import Moment, SeriesTally

BOUND = frozenset(PaperException) - {PaperException.EXEMPT_SENDER}
"""Exceptions that oblige a sender to use paper; citizens and enterprises are free to."""

MOMENTS: dict[Moment, Text] = {
    Moment.FILED: Text(vi="Tính theo lúc vào sổ (số đến).", en="Counted by the moment of filing (arrival number)."),
    Moment.RECEIVED: Text(
        vi="Tính theo lúc nhận được; số đến trong kỳ vì vậy có thể không liền nhau.",
        en="Counted by the moment of reception; arrival numbers may therefore have gaps.",
    ),
}
COMPARED: dict[Against, Text] = {
    Against.BEFORE: Text(vi="kỳ trước", en="the period before"),
    Against.LAST_YEAR: Text(vi="cùng kỳ năm trước", en="the same period last year"),
}
UNKNOWN_AGENCY = Text(vi="(ngoài danh bạ)", en="(not in the directory)")
NO_EXCEPTION = Text(vi="không nêu lý do", en="no reason given")
OUTGOING = Text(vi="đi", en="out")
INCOMING = Text(vi="đến", en="in")


def headline(output: Output, report: Report) -> Text:
    """The sheet in one sentence, as a chief of office says it."""
    figures = report.figures
    electronic, paper = shares((figures.tally.electronic, figures.tally.paper))
    bound = sum(count for code, count in figures.exceptions.items() if code in BOUND)
    received, digital = grouped(figures.received), grouped(figures.tally.electronic)
    on_paper, obliged = grouped(figures.tally.paper), grouped(bound)
    all_bound = bound == figures.tally.paper
    tail = (
        Text(vi="", en="") if all_bound else Text(vi=f", trong đó bắt buộc {obliged.vi}", en=f", {obliged.en} of it obligatory")
    )
    return Text(
        vi=f"{interval(output, report).vi}: nhận {received.vi} văn bản, điện tử {digital.vi} ({electronic} %), "
        f"giấy{' bắt buộc' if all_bound else ''} {on_paper.vi} ({paper} %){tail.vi}",
        en=f"{interval(output, report).en}: {received.en} documents received, {digital.en} electronic ({electronic} %), "
        f"{on_paper.en} on {'obligatory ' if all_bound else ''}paper ({paper} %){tail.en}",
    )


def interval(output: Output, report: Report | Comparison) -> Text:
    """From when and until when, exactly."""
    (from_, first), (to, last) = ((f"{at:%H:%M}", output.day(at.date())) for at in local(output, report))
    return Text(vi=f"Từ {from_} {first} đến trước {to} {last}", en=f"From {from_} {first} until before {to} {last}")


def local(output: Output, report: Report | Comparison) -> tuple[datetime, datetime]:
    """Both ends on the unit's clock."""
    return report.from_.astimezone(output.zone), report.to.astimezone(output.zone)


def ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def exception_words(code: str) -> Text:
    """Why paper came, in words."""
    from mailhub.profiles.vn.paper import EXCEPTIONS

    return EXCEPTIONS[PaperException(code)] if code in set(PaperException) else word({"": NO_EXCEPTION}, code)


def return_words(code: str) -> Text:
    """Why a letter was returned, in words."""
    return reason_words(code) if code else NO_EXCEPTION


def register_name(one: SeriesTally) -> Text:
    """A register with its direction, and its kind where it is a special one."""
    kind = "" if one.kind == "ordinary" else f" {one.kind}"
    way = INCOMING if one.direction == "in" else OUTGOING
    return Text(vi=f"{one.register}{kind} ({way.vi})", en=f"{one.register}{kind} ({way.en})")


def check_words(one: SeriesTally) -> Text:
    """Last − first + 1 − void, and whether that is the count."""
    sum_ = f"{one.last} − {one.first} + 1 − {one.voided} = {expected(one)}"
    if gapless(one):
        return Text(vi=f"{sum_} ✓ đủ", en=f"{sum_} ✓ complete")
    return Text(vi=f"{sum_} ≠ {one.standing} KHÔNG KHỚP", en=f"{sum_} ≠ {one.standing} DOES NOT AGREE")


def signed(number: int) -> Text:
    """A difference with its sign."""
    sign = "+" if number > 0 else "−" if number < 0 else ""
    size = grouped(abs(number))
    return Text(vi=f"{sign}{size.vi}", en=f"{sign}{size.en}")


def duration(seconds: float | None) -> Text | None:
    """A length of time in the two units that matter."""
    if seconds is None:
        return None
    minutes = round(seconds / 60)
    if minutes < 1:
        return Text(vi=f"{seconds:.0f} giây", en=f"{seconds:.0f} s")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return Text(vi=f"{minutes} phút", en=f"{minutes} min")
    days, left = divmod(hours, 24)
    if not days:
        return Text(vi=f"{hours} giờ {rest} phút", en=f"{hours} h {rest} min")
    return Text(vi=f"{days} ngày {left} giờ", en=f"{days} d {left} h")


FIGURES: dict[str, Text] = {
    "received": Text(vi="nhận", en="received"),
    "electronic": Text(vi="điện tử", en="electronic"),
    "paper": Text(vi="giấy", en="paper"),
    "voided": Text(vi="số hủy", en="void numbers"),
    "both-copies": Text(vi="điện tử, có cả bản giấy", en="electronic, paper came too"),
    "returned": Text(vi="trả lại", en="returned"),
    "first": Text(vi="từ số", en="from number"),
    "last": Text(vi="đến số", en="to number"),
    "standing": Text(vi="còn lại", en="count"),
}


def line_name(line: Line) -> Text:
    """A figure's name where it stands alone."""
    figure = word(FIGURES, line.figure)
    match line.section:
        case "entries":
            name = word(FIGURES, line.key)
        case "exceptions":
            name = named(Text(vi="giấy", en="paper"), exception_words(line.key))
        case "signatures":
            name = named(Text(vi="chữ ký", en="signatures"), word(LEGAL_VALUES, line.key))
        case "returns":
            name = named(FIGURES["returned"], return_words(line.key)) if line.key else FIGURES["returned"]
        case "agencies":
            name = named(word({"": UNKNOWN_AGENCY}, line.name), figure)
        case "registers":
            name = named(Text(vi=f"sổ {line.name}", en=f"register {line.name}"), figure)
        case _:
            name = named(Text(vi=line.key, en=line.key), figure)
    return name


def named(of: Text, what: Text) -> Text:
    """A figure of something."""
    return Text(vi=f"{of.vi}: {what.vi}", en=f"{of.en}: {what.en}")
