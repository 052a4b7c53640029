"""Unknown senders that are made to be taken for an agency of the directory: by the name they show, or by their domain."""

from mailhub.checking.reading import MailFacts
from mailhub.policy.agencies import AgencyKind
from mailhub.profiles.vn.public_domains import PUBLIC_MAIL_DOMAINS
from parsers.mail.lookalikes import imitated
from storage import directory
from storage.database import Transaction
from storage.folding import fold
from storage.records import Agency

SHORTEST_NAME = 8
"""Characters of a folded name from which it is an agency's and not a word."""

PEOPLE = frozenset({AgencyKind.CITIZEN.value})
"""Many people bear one name, so a person's proves no imitation."""


def imitated_agency(tx: Transaction, unit_id: int, mail: MailFacts) -> tuple[Agency, str] | None:
    """The agency that an unknown sender imitates, and by what (`name` or `look`); None where it imitates none."""
    if len(mail.from_) != 1:
        return None
    sender = mail.from_[0]
    found = _by_look(tx, unit_id, sender.address.rpartition("@")[2].lower()), "look"
    if found[0] is None:
        found = _by_name(tx, unit_id, sender.name), "name"
    agency, how = found
    return (agency, how) if agency is not None else None


def _by_look(tx: Transaction, unit_id: int, domain: str) -> Agency | None:
    """The agency whose domain looks like this one."""
    if domain in PUBLIC_MAIL_DOMAINS:
        return None
    owners: dict[str, int] = {}
    for key, agency_id in directory.keys(tx, unit_id, ("address", "domain")):
        owners.setdefault(key.rpartition("@")[2], agency_id)
    known = owners.keys() - PUBLIC_MAIL_DOMAINS
    other = imitated(domain, known, own=known)
    return directory.agency(tx, unit_id, owners[other]) if other else None


def _by_name(tx: Transaction, unit_id: int, shown: str) -> Agency | None:
    """The agency whose whole name stands in the name that is shown, the longest first."""
    words = f" {fold(shown)} "
    names = directory.keys(tx, unit_id, ("name",))
    for key, agency_id in sorted(names, key=lambda item: (-len(item[0]), item)):
        if len(key) >= SHORTEST_NAME and f" {key} " in words:
            agency = directory.agency(tx, unit_id, agency_id)
            return None if agency.kind in PEOPLE else agency
    return None
