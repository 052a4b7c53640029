"""Letters of the cast, signed: from a few words to the files that an agency's registry attaches to a mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailhub.demo.cast import PLACE, PROVINCE, Correspondent, Seals, seals_of
from mailhub.demo.letters import AnnexText, ComposedLetter, LetterText, compose_annex, compose_letter, notice_of_signing
from mailhub.demo.pki import Pki
from mailhub.demo.signing import Signing, sign

_SIGNED_BEFORE = timedelta(hours=3)
_SEALED_BEFORE = timedelta(hours=2, minutes=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a letter says. The number is that of the agency; `unit` the symbol of the division that drafted it."""

    number: int
    unit: str
    subject: str
    body: tuple[str, ...]
    enclosures: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    type: str = ""
    abbreviation: str = ""
    addressees: tuple[str, ...] = ("Ủy ban nhân dân tỉnh Tây Ninh",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file as it is attached to a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The content of an annex."""

    label: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the agencies write and sign; `now` is the local time at which the mails leave."""

    pki: Pki
    seals: Mapping[str, Seals]
    now: datetime

    @classmethod
    def furnish(cls, pki: Pki, correspondents: tuple[Correspondent, ...], now: datetime) -> "Desk":
        """Issue every agency its certificates."""
        return cls(pki, {correspondent.code: seals_of(correspondent, pki) for correspondent in correspondents}, now)

    @property
    def today(self) -> str:
        """The date that stands in the letters, in words; early in the night it is still that of the evening."""
        return date_in_words(self.now - _SIGNED_BEFORE)

    @property
    def day(self) -> date:
        """The same as a date."""
        return (self.now - _SIGNED_BEFORE).date()

    def letter(self, by: Correspondent, content: Content, *, sealed: bool = True) -> Attached:
        """A letter with the leader's signature and, if `sealed`, the agency's."""
        composed = self.compose(by, content)
        seals = self.seals[by.code]
        signings = [
            Signing(
                identity=seals.leader,
                field="NguoiKy",
                moment=self.now - _SIGNED_BEFORE,
                placement=composed.hand(by.leader),
            )
        ]
        if sealed:
            placement = composed.seal(f"{by.name.removesuffix(' tỉnh')} tỉnh Tây Ninh".upper())
            moment = self.now - _SEALED_BEFORE
            signings.append(Signing(identity=seals.agency, field="CoQuan", moment=moment, placement=placement))
        return Attached(name=file_name(by, content), content=sign(composed.pdf, self.pki, signings))

    def compose(self, by: Correspondent, content: Content) -> ComposedLetter:
        """The same letter before anybody signed it."""
        return compose_letter(_text(by, content, self.today), self.now - _SIGNED_BEFORE)

    def annex(self, by: Correspondent, content: Content, table: Table) -> Attached:
        """An annex as a file of its own, signed by the agency at the top right of the first page."""
        self_name = content.type.capitalize() or "Công văn"
        belongs_to = f"(Kèm theo {self_name} số {reference(by, content)} {self.today} của {by.name})"
        text = AnnexText(
            label=table.label,
            title=table.title.upper(),
            belongs_to=belongs_to,
            issuer=by.name,
            columns=table.columns,
            rows=table.rows,
        )
        moment = self.now - _SEALED_BEFORE
        placement = notice_of_signing(by.name, reference(by, content), moment)
        signing = Signing(identity=self.seals[by.code].agency, field="CoQuan", moment=moment, placement=placement)
        pdf = sign(compose_annex(text, moment), self.pki, [signing])
        return Attached(name=f"{table.label} - {table.title}.pdf", content=pdf)


def reference(by: Correspondent, content: Content) -> str:
    """Number and symbol, as Decree 30 writes them for a named type and for a công văn."""
    if content.abbreviation:
        return f"{content.number}/{content.abbreviation}-{by.symbol}"
    return f"{content.number}/{by.symbol}-{content.unit}"


def file_name(by: Correspondent, content: Content) -> str:
    """A name as registries give it: number and symbol without the slash, then the subject."""
    return f"{reference(by, content).replace('/', '_')} {content.subject}.pdf"


def _text(by: Correspondent, content: Content, today: str) -> LetterText:
    return LetterText(
        parent=PROVINCE.upper(),
        authority=by.name.upper(),
        issuer=by.name,
        reference=reference(by, content),
        subject=content.subject,
        place_and_date=f"{PLACE}, {today}",
        body=content.body,
        signing_as=by.signing_as,
        signer=by.leader,
        copies=("Như trên;", "Văn phòng UBND tỉnh;", f"Lưu: VT, {content.unit}."),
        type=content.type,
        self_name=content.type.capitalize() or "Công văn",
        addressees=content.addressees,
        enclosures=content.enclosures,
        closing=content.closing,
        marks=content.marks,
    )


def date_in_words(day: datetime) -> str:
    """The date as a letter bears it."""
    # Decree 30, Appendix I: days below 10 and the months 1 and 2 are written with two digits.
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"
