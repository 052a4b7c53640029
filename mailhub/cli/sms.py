"""`mailhub sms`: what a text would cost, without a hub and without sending anything."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from mailhub.cli.bilingual import Group
from mailhub.cli.output import Column
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text

FORMS: dict[str, Text] = {
    "without-diacritics": Text(vi="không dấu", en="without diacritics"),
    "with-diacritics": Text(vi="có dấu", en="with diacritics"),
}


@dataclass(frozen=True, slots=True)
class Priced:
    """One form of a text: how it goes over the air and what it takes. `dear` are the letters outside the GSM alphabet."""

    form: str
    alphabet: str
    units: int
    segments: int
    dear: str
    text: str


PRICE_LINE: Sequence[Column[Priced]] = (
    Column(
        key="form", heading=Text(vi="Dạng", en="Form"), value=lambda priced: priced.form, show=lambda priced: FORMS[priced.form]
    ),
    Column(key="alphabet", heading=Text(vi="Bảng mã", en="Alphabet"), value=lambda priced: priced.alphabet),
    Column(key="units", heading=Text(vi="Độ dài", en="Length"), value=lambda priced: priced.units, right=True),
    Column(key="segments", heading=Text(vi="Số phần", en="Segments"), value=lambda priced: priced.segments, right=True),
    Column(key="dear", heading=Text(vi="Chữ ngoài bảng GSM", en="Letters outside GSM"), value=lambda priced: priced.dear),
    Column(key="text", heading=Text(vi="Tin nhắn", en="Text"), value=lambda priced: priced.text),
)


@click.group(cls=Group, about=Text(vi="Tin nhắn: đếm trước khi gửi.", en="Texts: what they cost, before any is sent."))
def sms() -> None:
    """The noun alone; its verbs follow."""


@sms.command(
    "check",
    about=Text(
        vi="Tin nhắn này dài bao nhiêu, tính mấy phần, có dấu và không dấu. Không gửi gì, không cần hệ thống.",
        en="How long a text is and how many segments it takes, with and without diacritics. Sends nothing, needs no hub.",
    ),
    examples=(
        'mailhub sms check "VPUB: hoãn họp GM 226, có lịch mới sẽ báo sau"',
        "mailhub sms check -",
    ),
    needs="table",
)
@click.argument("words", metavar="TEXT")
@pass_session
def check(session: Session, words: str) -> None:
    from sms.alphabet import BASIC, EXTENSION
    from sms.text import fitting

    said = sys.stdin.read().rstrip("\n") if words == "-" else words
    rows = []
    for form in FORMS:
        fitted = fitting(said, diacritics=form == "with-diacritics")
        dear = "".join(dict.fromkeys(letter for letter in fitted.text if letter not in BASIC and letter not in EXTENSION))
        rows.append(Priced(form, fitted.alphabet.value, fitted.units, fitted.segments, dear, fitted.text))
    session.output.table(PRICE_LINE, rows, empty=Text(vi="Không có tin nhắn.", en="There is no text."))
