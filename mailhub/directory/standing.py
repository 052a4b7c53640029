"""Where a letter's sender, issuer and signers stand in the directory: what a decision may know of them."""

from contextlib import suppress

from mailhub.checking.reading import MailFacts
from mailhub.directory.holders import named
from mailhub.directory.imitating import imitated_agency
from mailhub.policy.agencies import AgencyKind, Mode
from mailhub.policy.case import DirectoryView, KnownAgency, LetterFacts, SignerTie
from mailhub.policy.covering import signed_files
from mailhub.profiles.vn.public_domains import PUBLIC_MAIL_DOMAINS
from parsers.letter import issuer_names
from parsers.mail.authentication import Proof
from parsers.signatures.model import CertificateSummary, SignerKind
from storage import directory, logins
from storage.database import Transaction
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Agency


def sender_of(tx: Transaction, unit_id: int, mail: MailFacts) -> KnownAgency | None:
    """The agency that sent the mail, as its login or its single From address says, with what is proved of that.

    A login at our own door is an agency's proof whatever domain it writes from, but for another agency's.
    """
    if len(mail.from_) != 1:
        return None
    found = owner_of(tx, unit_id, mail.from_[0].address.casefold())
    checked = mail.authentication
    logged_in = agency_of_login(tx, unit_id, checked.login)
    if logged_in is not None:
        if found is None or found[0].id == logged_in.id:
            return known_agency(logged_in, "login", Proof.PROVED)
        return known_agency(*found, Proof.FAILED)
    return known_agency(*found, checked.proof) if found is not None else None


def agency_of_login(tx: Transaction, unit_id: int, login: str) -> Agency | None:
    """The agency that the login is or was of; what came under a removed one came from it all the same."""
    if not login:
        return None
    with suppress(NotFoundError):
        return directory.agency(tx, unit_id, logins.get(tx, unit_id, login).agency_id)
    return None


def owner_of(tx: Transaction, unit_id: int, address: str) -> tuple[Agency, str] | None:
    """The agency that an address belongs to and by what: the exact address, else a registered domain that is not public."""
    agency = directory.find_by_address(tx, unit_id, address)
    if agency is not None:
        return agency, "address"
    domain = address.rpartition("@")[2]
    agency = directory.find_by_domain(tx, unit_id, domain) if domain not in PUBLIC_MAIL_DOMAINS else None
    return (agency, "domain") if agency is not None else None


def directory_view(tx: Transaction, unit_id: int, facts: LetterFacts) -> DirectoryView:
    """What the directory knows about the sender, the issuer, the signers and the addressee of one letter."""
    unit = directory.unit(tx, unit_id)
    # The longest name first: "Văn phòng" alone may be anybody's.
    known = (directory.find_by_name(tx, unit_id, fold(name)) for name in reversed(issuer_names(facts.letter.fields)))
    issuer = next((agency for agency in known if agency is not None), None)
    sender = sender_of(tx, unit_id, facts.mail)
    imitated = imitated_agency(tx, unit_id, facts.mail) if sender is None else None
    return DirectoryView(
        unit_code=unit.code,
        unit_name=unit.name,
        unit_aliases=unit.aliases,
        register=unit.register,
        sender=sender,
        issuer=known_agency(issuer, "issuer") if issuer else None,
        signers=signer_ties(tx, unit_id, facts),
        imitated=known_agency(*imitated) if imitated is not None else None,
    )


def signer_ties(tx: Transaction, unit_id: int, facts: LetterFacts) -> tuple[SignerTie, ...]:
    """Every certificate that signed a file of the letter or the mail, with its tie, in the order of first use."""
    reports = [report for file in signed_files(facts) if file.signatures for report in file.signatures.signatures]
    found = {report.signer.der_sha256: report.signer for report in reports if report.signer}
    ties = directory.ties(tx, unit_id, list(found))
    return tuple(
        SignerTie(
            certificate_sha256=digest,
            agency_id=ties[digest].agency_id,
            agency_name=ties[digest].agency_name,
            kind=SignerKind(ties[digest].kind),
        )
        if digest in ties
        else SignerTie(
            certificate_sha256=digest, agency_id=None, agency_name="", resembles=resembled_agency(tx, unit_id, certificate)
        )
        for digest, certificate in found.items()
    )


def resembled_agency(tx: Transaction, unit_id: int, certificate: CertificateSummary) -> str:
    """The one agency that a certificate of the same holder is tied to, for a clerk to confirm; empty where there is none."""
    new = named(certificate)
    alike = [tie for tie in directory.ties_of_holder(tx, unit_id, new.holder) if new.may_be_of(tie.emails)]
    owners = {tie.agency_id: tie.agency_name for tie in alike}
    return next(iter(owners.values())) if len(owners) == 1 else ""


def known_agency(agency: Agency, matched_by: str, proof: Proof = Proof.UNCHECKED) -> KnownAgency:
    """An agency as a decision sees it."""
    return KnownAgency(
        id=agency.id,
        code=agency.codes[0].code if agency.codes else "",
        name=agency.name,
        kind=AgencyKind(agency.kind),
        mode=Mode(agency.mode),
        matched_by=matched_by,
        proof=proof,
    )
