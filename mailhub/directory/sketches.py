"""What a clerk says of an official, on the command line or in a line of a sheet: only what is said changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mailhub.directory.changes import Change, words_of
from mailhub.directory.phones import exactly, first_ones
from mailhub.language import Text
from storage.folding import fold
from storage.records import Agency, Official, OfficialDraft, OfficialPhone


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialSketch:
    """An official as far as it was described; None says nothing about a field, an empty value empties it.

    `agency` is a code of the directory, `numbers` are E.164 and serve from today on, `assistants` are codes of officials.
    """

    code: str
    name: str | None = None
    position: str | None = None
    organisation: str | None = None
    agency: str | None = None
    addresses: tuple[str, ...] | None = None
    numbers: tuple[str, ...] | None = None
    assistants: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one field of a sketch."""

    field: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a sketch comes to: the official as it was and as it shall be, unless there are problems."""

    before: Official | None
    draft: OfficialDraft
    problems: tuple[Problem, ...]

    @property
    def change(self) -> Change:
        """What would change."""
        before = words_of(draft_of_official(self.before)) if self.before else None
        return Change(code=self.draft.code, before=before, after=words_of(self.draft))


class Known:
    """The directory as it stands, for drawing sketches out."""

    def __init__(self, officials: Sequence[Official], agencies: Sequence[Agency], day: date) -> None:
        self._day = day
        self._officials = {fold(official.code): official for official in officials}
        self._by_code = {code.code: agency for agency in agencies for code in agency.codes if not _closed(code.closed_on, day)}
        named = [(fold(name), agency) for agency in agencies for name in (agency.name, *agency.aliases)]
        counts: dict[str, set[int]] = {}
        for name, agency in named:
            counts.setdefault(name, set()).add(agency.id)
        # A name that several agencies bear ties to none.
        self._by_name = {name: agency for name, agency in named if len(counts[name]) == 1}

    def plan(self, sketches: Sequence[OfficialSketch]) -> tuple[Planned, ...]:
        """Draw all sketches out; each may name assistants that only another one brings."""
        codes = {key: official.code for key, official in self._officials.items()}
        codes |= {fold(sketch.code): sketch.code for sketch in sketches}
        seen: set[str] = set()
        return tuple(self._planned(sketch, codes, seen) for sketch in sketches)

    def _planned(self, sketch: OfficialSketch, codes: dict[str, str], seen: set[str]) -> Planned:
        key = fold(sketch.code)
        before = self._officials.get(key)
        agency_id, organisation = self._body(sketch, before)
        draft = OfficialDraft(
            code=before.code if before else sketch.code,
            name=_said(sketch.name, before.name if before else ""),
            position=_said(sketch.position, before.position if before else ""),
            organisation=organisation,
            agency_id=agency_id,
            addresses=before.addresses if before and sketch.addresses is None else sketch.addresses or (),
            phones=self._phones(sketch, before),
            assistant_codes=before.assistant_codes
            if before and sketch.assistants is None
            else tuple(codes.get(fold(code), code) for code in sketch.assistants or ()),
        )
        problems = (*self._twice(key, seen), *self._wrong(sketch, draft, codes))
        return Planned(before=before, draft=draft, problems=problems)

    def _body(self, sketch: OfficialSketch, before: Official | None) -> tuple[int | None, str]:
        """The agency and the organisation: each follows from the other where only one is said."""
        was = (before.agency_id, before.organisation) if before else (None, "")
        organisation = _said(sketch.organisation, was[1])
        if sketch.agency:
            agency = self._by_code.get(sketch.agency)
            if agency is None or (organisation and (sketch.organisation or agency.id == was[0])):
                return (agency.id if agency else None), organisation
            return agency.id, agency.name
        if sketch.agency is not None or organisation == was[1]:
            return (None if sketch.agency is not None else was[0]), organisation
        named = self._by_name.get(fold(organisation))
        return (named.id if named else None), organisation

    def _phones(self, sketch: OfficialSketch, before: Official | None) -> tuple[OfficialPhone, ...]:
        if sketch.numbers is None:
            return before.phones if before else ()
        return exactly(before.phones, sketch.numbers, self._day) if before else first_ones(sketch.numbers)

    def _wrong(self, sketch: OfficialSketch, draft: OfficialDraft, codes: dict[str, str]) -> Iterator[Problem]:
        if not draft.name and not draft.position:
            yield Problem(field="name", text=Text(vi="cần tên hoặc chức vụ", en="needs a name or a position"))
        if sketch.agency and sketch.agency not in self._by_code:
            yield Problem(field="agency", text=no_agency(sketch.agency))
        for code in sketch.assistants or ():
            if fold(code) == fold(draft.code):
                own = Text(vi=f"{code!r} không thể là trợ lý của chính mình", en=f"{code!r} cannot assist itself")
                yield Problem(field="assistants", text=own)
            elif fold(code) not in codes:
                yield Problem(
                    field="assistants", text=Text(vi=f"không có cán bộ mã {code!r}", en=f"there is no official {code!r}")
                )

    def _twice(self, key: str, seen: set[str]) -> Iterator[Problem]:
        if key in seen:
            yield Problem(field="code", text=Text(vi="mã này đã có ở dòng trên", en="this code stands in a line above"))
        seen.add(key)


def no_agency(code: str) -> Text:
    """There is no agency under this code."""
    return Text(
        vi=f"không có cơ quan mã {code!r}; xem `mailhub agency list`",
        en=f"there is no agency with code {code!r}; see `mailhub agency list`",
    )


def draft_of_official(official: Official) -> OfficialDraft:
    """An official without what the directory adds to it."""
    return OfficialDraft(
        code=official.code,
        name=official.name,
        position=official.position,
        organisation=official.organisation,
        agency_id=official.agency_id,
        addresses=official.addresses,
        phones=official.phones,
        assistant_codes=official.assistant_codes,
    )


def _said(said: str | None, otherwise: str) -> str:
    return otherwise if said is None else said


def _closed(closed_on: date | None, day: date) -> bool:
    return closed_on is not None and closed_on <= day
