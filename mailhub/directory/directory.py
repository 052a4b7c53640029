"""The directory: units, agencies and the certificates tied to them, and what it says about one letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailhub.directory.changes import Change, words_of
from mailhub.directory.holders import NamedCertificate
from mailhub.directory.served import ServedUnits
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.agencies import Mode
from mailhub.profiles.vn.public_domains import PUBLIC_MAIL_DOMAINS
from parsers.signatures.model import SignerKind
from storage import directory, events, registry
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, Agency, AgencyDraft, CertificateTie, EventDraft, RegisterMode, Unit, UnitDraft

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Directory(ServedUnits):
    """Keeps units and agencies; every change is an event."""

    def add_unit(self, actor: Actor, draft: UnitDraft) -> Unit:
        """Add a unit and open its register of incoming documents; raises RefusedError where code or address is taken."""
        with self.database.transaction() as tx:
            unit = added_unit(tx, draft)
            change = Change(code=unit.code, before=None, after=words_of(unit))
            events.append(tx, [change.event("unit-added", f"unit/{unit.id}", actor)])
        return unit

    def agencies(self, unit_id: int, search: str = "", limit: int = 1000) -> tuple[Agency, ...]:
        """Agencies by name or code."""
        with self.database.reading() as tx:
            return tuple(directory.agencies(tx, unit_id, search=search, limit=limit))

    def agency(self, unit_id: int, code: str) -> Agency:
        """The agency under a code, also a closed one; raises RefusedError when there is none."""
        with self.database.reading() as tx:
            try:
                return directory.agency(tx, unit_id, code)
            except NotFoundError as error:
                raise unknown_agency(code) from error

    def add_agency(self, actor: Actor, unit_id: int, draft: AgencyDraft) -> Agency:
        """Add an agency; raises RefusedError for a taken code or address, or a public mail domain."""
        with self.database.transaction() as tx:
            (agency,) = added_agencies(tx, unit_id, [draft])
            change = Change(code=main_code(agency), before=None, after=words_of(agency))
            events.append(tx, [change.event("agency-added", f"agency/{agency.id}", actor)])
        return agency

    def set_mode(self, actor: Actor, unit_id: int, code: str, mode: Mode, reason: str = "") -> Agency:
        """Promote an agency to `auto`, or let its letters wait for a clerk again."""
        with self.database.transaction() as tx:
            try:
                agency = directory.agency(tx, unit_id, code)
            except NotFoundError as error:
                raise unknown_agency(code) from error
            directory.set_mode(tx, unit_id, agency.id, mode.value)
            after = directory.agency(tx, unit_id, agency.id)
            change = Change(code=main_code(after), before=words_of(agency), after=words_of(after))
            events.append(tx, [change.event("agency-mode", f"agency/{agency.id}", actor, reason=reason)])
        return after

    def tie_certificate(
        self,
        actor: Actor,
        unit_id: int,
        certificate: NamedCertificate,
        code: str,
        *,
        kind: SignerKind = SignerKind.UNKNOWN,
        reason: str = "",
    ) -> CertificateTie:
        """Tie a certificate to an agency; the clerk's word makes a first-seen certificate a known one.

        `kind` is the clerk's word on a certificate that does not tell whether it names a person or the organisation. By its
        holder the next certificate of the same one is recognised, as a suggestion.
        """
        with self.database.transaction() as tx:
            try:
                agency = directory.agency(tx, unit_id, code)
            except NotFoundError as error:
                raise unknown_agency(code) from error
            tie = CertificateTie(
                certificate_sha256=certificate.sha256,
                agency_id=agency.id,
                agency_name=agency.name,
                kind=kind.value,
                holder=certificate.holder,
                emails=certificate.emails,
            )
            directory.tie_certificate(tx, unit_id, tie, confirmed_by=actor.name)
            data: dict[str, object] = {"certificate": certificate.sha256, "agency": agency.id, "kind": kind.value}
            events.append(
                tx, [EventDraft(kind="certificate-tied", subject=f"agency/{agency.id}", actor=actor, data=data, reason=reason)]
            )
        return tie


def unknown_agency(code: str) -> RefusedError:
    """There is no agency under this code."""
    return RefusedError(
        Text(
            vi=f"không có cơ quan mã {code!r}; xem `mailhub agency list`",
            en=f"there is no agency with code {code!r}; see `mailhub agency list`",
        )
    )


def require_own_domains(domains: tuple[str, ...]) -> None:
    """A public mail domain proves nothing about an agency: only its exact address may be registered."""
    public = sorted(domain for domain in domains if domain.casefold() in PUBLIC_MAIL_DOMAINS)
    if public:
        names = ", ".join(public)
        raise RefusedError(
            Text(
                vi=f"{names} là tên miền thư công cộng; hãy đăng ký đúng địa chỉ thay cho tên miền",
                en=f"{names} is a public mail domain; register the exact address instead of the domain",
            )
        )


def added_unit(tx: Transaction, draft: UnitDraft) -> Unit:
    """Add a unit and open its register; raises RefusedError where code or address is taken."""
    try:
        unit = directory.add_unit(tx, draft)
    except ConflictError as error:
        raise RefusedError(
            Text(
                vi=f"mã {draft.code!r} hoặc một địa chỉ của nó đã thuộc đơn vị khác",
                en=f"code {draft.code!r} or one of its addresses belongs to another unit already",
            )
        ) from error
    year = tx.now().astimezone(ZoneInfo(unit.time_zone)).year
    registry.open_register(
        tx, unit.id, draft.register, direction="in", kind="ordinary", mode=RegisterMode.OWN, next_number=1, year=year
    )
    return unit


def added_agencies(tx: Transaction, unit_id: int, drafts: Sequence[AgencyDraft]) -> list[Agency]:
    """Add agencies, all or none; raises RefusedError for a taken code, or a public mail domain."""
    for draft in drafts:
        require_own_domains(draft.domains)
    try:
        return directory.add_agencies(tx, unit_id, drafts)
    except ConflictError as error:
        codes = ", ".join(code.code for draft in drafts[:MOST_SHOWN] for code in draft.codes)
        raise RefusedError(
            Text(vi=f"mã {codes}: đã thuộc cơ quan khác", en=f"code {codes} belongs to another agency already")
        ) from error


def main_code(agency: Agency | AgencyDraft) -> str:
    """The code that a clerk types for an agency."""
    return next((code.code for code in agency.codes if code.closed_on is None), agency.codes[0].code if agency.codes else "")
