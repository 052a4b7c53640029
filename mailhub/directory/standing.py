"""Where a letter's sender, issuer and signers stand in the directory: what a decision may know of them."""

from mailhub.checking.reading import MailFacts
from mailhub.policy.case import AgencyKind, DirectoryView, KnownAgency, LetterFacts, Mode, SignerTie
from mailhub.profiles.vn.public_domains import PUBLIC_MAIL_DOMAINS
from parsers.letter import issuer_names
from parsers.signatures.model import SignerKind
from storage import directory
from storage.database import Transaction
from storage.folding import fold
from storage.records import Agency


def sender_of(tx: Transaction, unit_id: int, mail: MailFacts) -> KnownAgency | None:
    """The agency that the mail's single From address belongs to: the exact address first, then a registered domain."""
    if len(mail.from_) != 1:
        return None
    address = mail.from_[0].address.casefold()
    agency = directory.find_by_address(tx, unit_id, address)
    if agency is not None:
        return known_agency(agency, "address")
    domain = address.rpartition("@")[2]
    if domain in PUBLIC_MAIL_DOMAINS:
        return None
    agency = directory.find_by_domain(tx, unit_id, domain)
    return known_agency(agency, "domain") if agency else None


def directory_view(tx: Transaction, unit_id: int, facts: LetterFacts) -> DirectoryView:
    """What the directory knows about the sender, the issuer, the signers and the addressee of one letter."""
    unit = directory.unit(tx, unit_id)
    # The longest name first: "Văn phòng" alone may be anybody's.
    known = (directory.find_by_name(tx, unit_id, fold(name)) for name in reversed(issuer_names(facts.letter.fields)))
    issuer = next((agency for agency in known if agency is not None), None)
    return DirectoryView(
        unit_code=unit.code,
        unit_name=unit.name,
        unit_aliases=unit.aliases,
        register=unit.register,
        sender=sender_of(tx, unit_id, facts.mail),
        issuer=known_agency(issuer, "issuer") if issuer else None,
        signers=signer_ties(tx, unit_id, facts),
    )


def signer_ties(tx: Transaction, unit_id: int, facts: LetterFacts) -> tuple[SignerTie, ...]:
    """Every certificate that signed a file of the letter, with its tie, in the order of first use."""
    reports = [report for file in facts.files if file.signatures for report in file.signatures.signatures]
    digests = list(dict.fromkeys(report.signer.der_sha256 for report in reports if report.signer))
    ties = directory.ties(tx, unit_id, digests)
    return tuple(
        SignerTie(
            certificate_sha256=digest,
            agency_id=ties[digest].agency_id if digest in ties else None,
            agency_name=ties[digest].agency_name if digest in ties else "",
            kind=SignerKind(ties[digest].kind) if digest in ties else SignerKind.UNKNOWN,
        )
        for digest in digests
    )


def known_agency(agency: Agency, matched_by: str) -> KnownAgency:
    """An agency as a decision sees it."""
    return KnownAgency(
        id=agency.id,
        code=agency.codes[0].code if agency.codes else "",
        name=agency.name,
        kind=AgencyKind(agency.kind),
        mode=Mode(agency.mode),
        matched_by=matched_by,
    )
