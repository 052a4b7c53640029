"""Changes of the agencies that a unit corresponds with. Each is an event, and another one takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mailhub import codec
from mailhub.directory.changes import Change, Described, ToldChange, words_of
from mailhub.directory.directory import added_agencies, main_code, require_own_domains, unknown_agency
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory, events, figures
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, Agency, AgencyDraft, AgencyTally, CertificateTie, EventDraft, Moment, Span

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyView:
    """An agency with its successor, the certificates tied to it, and what came from it in the last thirty days."""

    agency: Agency
    successor: Agency | None
    ties: tuple[CertificateTie, ...]
    lately: AgencyTally


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What follows an agency after its successor was named."""

    successor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Correspondents:
    """Changes agencies."""

    database: Database

    def show(self, unit_id: int, code: str) -> AgencyView:
        """Everything about the agency under a code; under a closed one the agency itself, not its successor."""
        with self.database.reading() as tx:
            agency = _exactly(tx, unit_id, code)
            span = Span(unit_id=unit_id, from_=tx.now() - LATELY, to=tx.now(), moment=Moment.FILED)
            nothing = AgencyTally(agency_id=agency.id, name=agency.name, electronic=0, paper=0, returned=0)
            return AgencyView(
                agency=agency,
                successor=directory.agency(tx, unit_id, agency.successor_id) if agency.successor_id else None,
                ties=tuple(directory.ties_of(tx, unit_id, agency.id)),
                lately=next((one for one in figures.by_agency(tx, span) if one.agency_id == agency.id), nothing),
            )

    def edit(self, actor: Actor, unit_id: int, code: str, described: Described[AgencyDraft], *, reason: str) -> Agency:
        """Change what is said of an agency."""
        with self.database.transaction() as tx:
            before = _exactly(tx, unit_id, code)
            after = _written(tx, unit_id, before, described.over(draft_of_agency(before)))
            events.append(tx, _told("agency-edited", actor, before, after, reason))
        return after

    def plan(self, unit_id: int, described: Sequence[Described[AgencyDraft]]) -> tuple[Change, ...]:
        """What descriptions would come to; changes nothing."""
        with self.database.reading() as tx:
            known = _by_code(tx, unit_id)
        drafts = [(item, draft_of_agency(known[_key(item)]) if _key(item) in known else None) for item in described]
        return tuple(
            Change(
                code=main_code(item.draft),
                before=words_of(before) if before else None,
                after=words_of(_over(item, before) if before else item.draft),
            )
            for item, before in drafts
        )

    def import_(self, actor: Actor, unit_id: int, described: Sequence[Described[AgencyDraft]]) -> tuple[Change, ...]:
        """Add and change many agencies, all or none; what is the same already is left alone. Gives what became of each."""
        changes = self.plan(unit_id, described)
        told: list[EventDraft] = []
        with self.database.transaction() as tx:
            known = _by_code(tx, unit_id)
            for item in described:
                before = known.get(_key(item))
                if before is not None and (draft := _over(item, draft_of_agency(before))) != draft_of_agency(before):
                    told += _told("agency-edited", actor, before, _written(tx, unit_id, before, draft), "import")
            for after in added_agencies(tx, unit_id, [item.draft for item in described if _key(item) not in known]):
                change = Change(code=main_code(after), before=None, after=words_of(after))
                told.append(change.event("agency-added", _subject(after), actor))
            events.append(tx, told)
        return changes

    def close(
        self, actor: Actor, unit_id: int, code: str, *, successor: str = "", day: date | None = None, reason: str
    ) -> Agency:
        """From a day on (default: today) the agency's codes are closed, and its mail belongs to the successor."""
        with self.database.transaction() as tx:
            before = _exactly(tx, unit_id, code)
            following = _exactly(tx, unit_id, successor) if successor else None
            if following and following.id == before.id:
                raise RefusedError(Text(vi="cơ quan không thể tự kế thừa", en="an agency cannot follow itself"))
            closed_on = day or directory.today(tx, unit_id)
            codes = tuple(replace(item, closed_on=item.closed_on or closed_on) for item in before.codes)
            after = _written(tx, unit_id, before, replace(draft_of_agency(before), codes=codes))
            if following:
                directory.set_successor(tx, unit_id, before.id, following.id)
                after = directory.agency(tx, unit_id, before.id)
            events.append(tx, _told("agency-closed", actor, before, after, reason))
        return after

    def undo(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> Agency:
        """Take the last change of an agency back, its closing or its mode too; undone again, it is made again."""
        with self.database.transaction() as tx:
            before = _exactly(tx, unit_id, code)
            told = ToldChange.last(tx, _subject(before), main_code(before))
            body = codec.encode(told.required_before())
            _written(tx, unit_id, before, codec.decode(body, AgencyDraft))
            directory.set_successor(tx, unit_id, before.id, codec.decode(body, Link).successor_id)
            after = directory.agency(tx, unit_id, before.id)
            events.append(tx, _told("agency-undone", actor, before, after, reason))
        return after

    def untie(self, actor: Actor, unit_id: int, sha256: str, *, reason: str) -> None:
        """Forget whose a certificate is; raises RefusedError when it is tied to nobody."""
        with self.database.transaction() as tx:
            try:
                known = directory.tie(tx, unit_id, sha256)
                directory.untie_certificate(tx, unit_id, sha256)
            except NotFoundError as error:
                raise RefusedError(
                    Text(vi=f"chứng thư {sha256} không gắn với cơ quan nào", en=f"certificate {sha256} is tied to no agency")
                ) from error
            data: dict[str, object] = {"certificate": sha256, "agency": known.agency_id, "kind": known.kind}
            subject = f"agency/{known.agency_id}"
            events.append(tx, [EventDraft(kind="certificate-untied", subject=subject, actor=actor, data=data, reason=reason)])


def draft_of_agency(agency: Agency) -> AgencyDraft:
    """An agency without what the directory adds to it."""
    return AgencyDraft(
        codes=agency.codes,
        name=agency.name,
        kind=agency.kind,
        mode=agency.mode,
        aliases=agency.aliases,
        addresses=agency.addresses,
        domains=agency.domains,
        phones=agency.phones,
    )


def _over(item: Described[AgencyDraft], before: AgencyDraft) -> AgencyDraft:
    """What a sheet says, over what was there: a sheet names one code, the agency keeps all of its own."""
    return replace(item.over(before), codes=before.codes)


def _key(item: Described[AgencyDraft]) -> str:
    return main_code(item.draft).casefold()


def _by_code(tx: Transaction, unit_id: int) -> dict[str, Agency]:
    return {code.code.casefold(): agency for agency in directory.agencies(tx, unit_id) for code in agency.codes}


def _exactly(tx: Transaction, unit_id: int, code: str) -> Agency:
    found = _by_code(tx, unit_id).get(code.strip().casefold())
    if found is None:
        raise unknown_agency(code)
    return found


def _written(tx: Transaction, unit_id: int, before: Agency, draft: AgencyDraft) -> Agency:
    require_own_domains(draft.domains)
    try:
        return directory.update_agency(tx, unit_id, before.id, draft)
    except ConflictError as error:
        raise RefusedError(
            Text(
                vi=f"một mã của {before.name!r} đã thuộc cơ quan khác",
                en=f"a code of {before.name!r} is another agency's already",
            )
        ) from error


def _subject(agency: Agency) -> str:
    return f"agency/{agency.id}"


def _told(kind: str, actor: Actor, before: Agency, after: Agency, reason: str) -> list[EventDraft]:
    change = Change(code=main_code(after), before=words_of(before), after=words_of(after))
    return [] if change.kind == "same" else [change.event(kind, _subject(after), actor, reason=reason)]
