"""What holds for every decision, whatever the facts: the bounds of automation above all."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailhub.codec import decode, encode
from mailhub.policy.case import (
    Action,
    AgencyKind,
    DirectoryView,
    Known,
    LetterFacts,
    Mode,
    SignatureFile,
    SignatureScope,
    SignerTie,
)
from mailhub.policy.decide import decide
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling
from parsers.files.containers import ContainerCode, FileKind
from parsers.finding import Confidence
from parsers.letter import DeclaredEnclosure, LetterCode, LetterFields, Urgency
from parsers.mail.authentication import Proof
from parsers.mail.model import Mailbox, MessageCode
from parsers.signatures.model import Indication, Reason, SignerKind, SubIndication
from tests.policy import builders as b
from tests.policy.variants import BROKEN, CHANGED, UNSIGNED

PROVED_BY_BYTES = {
    ReasonCode.SIGNATURE_BROKEN,
    ReasonCode.CHANGED_AFTER_SIGNING,
    ReasonCode.UNSIGNED,
    ReasonCode.EXECUTABLE,
    ReasonCode.MACRO_DOCUMENT,
    ReasonCode.TYPE_NOT_ALLOWED,
}


def often(right, *others):
    """The right value half of the time, so that a letter with one fault is as likely as one with many."""
    return st.one_of(st.just(right), st.just(right), *others)


def maybe(*, right):
    """A switch that mostly stands right."""
    return st.sampled_from((right, right, right, not right))


reports = st.builds(
    b.report,
    st.sampled_from(SignerKind),
    st.sampled_from((b.PERSON, b.SEAL, b.OTHER)),
    often(Indication.TOTAL_PASSED, st.sampled_from(Indication)),
    often(None, st.sampled_from(SubIndication)),
    st.lists(st.sampled_from(Reason), max_size=2),
    st.sampled_from(("PAdES", "DocTimeStamp")),
)


@st.composite
def documents(draw):
    """Some signatures, as a reader might report them, contradictions included."""
    found = tuple(draw(st.lists(reports, max_size=3)))
    made = b.signatures(*found, unchecked=draw(st.sampled_from(((), (), ("OOXML",)))), seen=len(found) + draw(st.integers(0, 1)))
    return replace(made, indication=draw(often(made.indication, st.sampled_from(Indication))))


codes = st.sampled_from((*ContainerCode, *LetterCode, *MessageCode, "grouping-doubtful", "something-new"))
findings = often((), st.lists(codes.map(b.finding), max_size=2).map(tuple))


def some_files(path):
    return st.builds(
        b.a_file,
        st.just(path),
        often(FileKind.PDF, st.sampled_from(FileKind)),
        often(b.SIGNED, st.none(), documents()),
        findings,
    )


signing_files = st.builds(
    SignatureFile,
    file=some_files("5"),
    scope=often(SignatureScope.FILES, st.sampled_from(SignatureScope)),
    over=often((b.DOCUMENT,), st.sampled_from(((), ("3".zfill(64),)))),
)
mail_signatures = st.builds(
    b.of_mail,
    st.sampled_from((Indication.TOTAL_PASSED, Indication.INDETERMINATE)),
    whole=st.booleans(),
    matches=st.booleans(),
    signer=st.sampled_from((b.PERSON, b.SEAL, b.OTHER)),
)
confidence = often(Confidence.LIKELY, st.sampled_from(Confidence))


def texts(right):
    return often(b.text(right), st.none(), st.builds(b.text, st.sampled_from((right, "Sở Y tế", "")), confidence))


places = st.lists(
    st.sampled_from(("UBND tỉnh", "UBND tỉnh (để biết)", "Sở Y tế", "UBND tỉnh Bắc Ninh", "")).map(b.text), max_size=2
)
fields = st.builds(
    LetterFields,
    reference=texts("226/STC-NS"),
    issued_on=often(b.FIELDS.issued_on, st.none()),
    issuer=texts("Sở Tài chính"),
    addressees=often(b.FIELDS.addressees, places.map(tuple)),
    copies_to=places.map(tuple),
    copy_form=st.sampled_from((None, None, b.text("SAO Y"))),
)
enclosures = st.lists(
    st.builds(DeclaredEnclosure, title=st.just("Phụ lục"), place=st.just(""), file=st.sampled_from((None, "3"))), max_size=2
)
letters = st.builds(
    b.letter,
    main=often("2", st.none()),
    declared_enclosures=often((), enclosures.map(tuple)),
    urgency=often(Urgency.NORMAL, st.sampled_from(Urgency)),
    secrecy=often((), st.just((b.finding("secrecy-mark"),))),
    findings=findings,
)
mails = st.builds(
    lambda **changes: replace(b.MAIL, **changes),
    from_=often(b.MAIL.from_, st.just(()), st.just((*b.MAIL.from_, Mailbox(name="", address="x@y.example")))),
    return_path=often(b.MAIL.return_path, st.just("")),
    automatic=often((), st.just(("Auto-Submitted",))),
    junk=st.booleans(),
)


@st.composite
def facts(draw, mains):
    letter = draw(letters)
    held = (draw(mains), *draw(st.lists(some_files("3"), max_size=1)))
    return replace(
        b.FACTS,
        letter=replace(letter, fields=draw(often(b.FIELDS, fields))),
        files=held if letter.main else held[1:],
        mail=draw(often(b.MAIL, mails)),
        pending=draw(often((), st.just(("revocation",)))),
        pending_until=draw(st.sampled_from((None, b.NOW - timedelta(hours=1), b.NOW + timedelta(hours=1)))),
        trust_configured=draw(maybe(right=True)),
        mail_findings=draw(findings),
        attempt_failed=draw(maybe(right=False)),
        secrecy_cleared=draw(st.booleans()),
        signature_files=draw(often((), st.lists(signing_files, max_size=2).map(tuple))),
    )


agencies = st.builds(
    lambda **changes: replace(b.FINANCE, **changes),
    id=often(7, st.just(8)),
    kind=often(AgencyKind.STATE, st.sampled_from(AgencyKind)),
    mode=often(Mode.AUTO, st.sampled_from(Mode)),
    matched_by=often("address", st.sampled_from(("domain", "issuer", "login"))),
    proof=often(Proof.UNCHECKED, st.sampled_from(Proof)),
)
ties = st.builds(
    SignerTie,
    certificate_sha256=st.sampled_from((b.PERSON, b.SEAL, b.OTHER)),
    agency_id=st.sampled_from((7, 7, 8, None)),
    agency_name=st.just(""),
    kind=st.sampled_from(SignerKind),
)
directories = st.builds(
    b.directory,
    sender=often(b.FINANCE, st.none(), agencies),
    issuer=often(b.FINANCE_ISSUER, st.none(), agencies),
    signers=often(b.DIRECTORY.signers, st.lists(ties, max_size=3).map(tuple)),
)
entries = st.builds(lambda sender: replace(b.ENTRY, sender_agency_id=sender), st.sampled_from((7, 8, None)))
knowns = st.builds(
    Known,
    same_content=often(None, entries),
    same_key=often(None, entries),
    waiting_same_key=st.integers(0, 2),
    waiting_same_key_signed=st.integers(0, 1),
    waiting_same_key_proved=st.none() | st.integers(0, 2),
    sibling_letters=st.integers(1, 3),
)
policies = st.builds(
    lambda **changes: replace(b.SETTINGS, **changes),
    one_signature=st.sampled_from(Handling),
    unsigned=st.sampled_from(Handling),
    macros=st.sampled_from(Handling),
    automatic_returns=maybe(right=True),
    trust_configured=maybe(right=True),
    accept_unproved=st.booleans(),
)


def cases_with(mains):
    """Whole cases around these main documents."""
    return st.tuples(facts(mains), often(b.KNOWN, knowns), often(b.DIRECTORY, directories), often(b.SETTINGS, policies))


cases = cases_with(often(b.MAIN, some_files("2")))
faulty_cases = cases_with(st.sampled_from((BROKEN, CHANGED, UNSIGNED)))


@given(cases)
def test_every_case_is_decided_with_reasons_and_the_same_after_storing(case):
    decision = decide(*case, b.NOW)
    stored = [
        decode(encode(value), kind) for value, kind in zip(case, (LetterFacts, Known, DirectoryView, type(case[3])), strict=True)
    ]
    assert decision.reasons
    assert len(set(decision.reasons)) == len(decision.reasons)
    assert decide(*stored, b.NOW) == decision


@given(cases | faulty_cases)
def test_a_machine_acts_only_for_senders_that_nothing_speaks_against(case):
    _, _, directory, settings = case
    decision = decide(*case, b.NOW)
    if decision.action is Action.SEAL or not decision.automatic:
        return
    accepted = {Proof.PROVED, Proof.UNCHECKED} | ({Proof.UNPROVED} if settings.accept_unproved else set())
    assert directory.sender is not None
    assert directory.sender.proof in accepted


@given(cases | faulty_cases)
def test_a_machine_returns_only_proved_faults_of_proved_ordinary_senders(case):
    found, _, directory, settings = case
    decision = decide(*case, b.NOW)
    if decision.action is not Action.RETURN or not decision.automatic:
        return
    assert decision.reasons[0] in PROVED_BY_BYTES
    assert directory.sender is not None
    assert directory.sender.matched_by != "issuer"
    assert directory.sender.mode is Mode.AUTO
    assert {agency.kind for agency in (directory.sender, directory.issuer) if agency} == {AgencyKind.STATE}
    assert found.letter.urgency is Urgency.NORMAL
    assert not found.mail.automatic
    assert settings.automatic_returns
    assert found.trust_configured


@given(cases)
def test_a_machine_files_only_on_two_passed_signatures_tied_to_the_issuer(case):
    found, known, directory, _ = case
    decision = decide(*case, b.NOW)
    if decision.action is not Action.FILE or not decision.automatic:
        return
    main = found.files[0]
    beside = [item.file for item in found.signature_files if item.scope is SignatureScope.FILES and main.sha256 in item.over]
    reports = [report for file in (main, *beside) if file.signatures for report in file.signatures.signatures]
    passed = {report.signer.der_sha256 for report in reports if report.format == "PAdES"}
    tied = {tie.certificate_sha256 for tie in directory.signers if tie.agency_id == directory.issuer.id}
    assert {report.indication for report in reports if report.format == "PAdES"} == {Indication.TOTAL_PASSED}
    assert len(passed) >= 2
    assert passed <= tied
    assert directory.sender.id == directory.issuer.id
    assert directory.sender.mode is Mode.AUTO
    assert known.same_key is None
    assert decision.legal_value == "full"


@given(cases | faulty_cases, mail_signatures)
def test_a_mails_signature_never_changes_the_value_of_a_letter_nor_what_a_machine_does_by_itself(case, mail):
    found = case[0]
    signed = replace(found, signature_files=(*found.signature_files, mail))
    without, decision = decide(*case, b.NOW), decide(signed, *case[1:], b.NOW)
    assert decision.legal_value == without.legal_value
    assert not (decision.automatic and not without.automatic)


@given(cases)
def test_a_secrecy_mark_seals_whatever_else_is_true(case):
    found = case[0]
    decision = decide(*case, b.NOW)
    marked = bool(found.letter.secrecy) and not found.secrecy_cleared
    assert (decision.action is Action.SEAL) == marked


@given(faulty_cases)
def test_nobody_is_sent_back_whom_no_letter_may_be_sent_back_to(case):
    directory = case[2]
    if decide(*case, b.NOW).action is Action.RETURN:
        assert directory.sender is not None
        assert directory.sender.kind is AgencyKind.STATE


@given(cases)
def test_a_letter_waits_only_while_something_is_pending(case):
    found = case[0]
    if decide(*case, b.NOW).action is Action.WAIT:
        assert found.pending
        assert found.pending_until is None or found.pending_until > b.NOW


@given(cases)
def test_unchecked_signatures_are_never_called_unsigned(case):
    found = case[0]
    main = next((file for file in found.files if file.path == found.letter.main), None)
    beside = [item.file for item in found.signature_files if main and main.sha256 in item.over]
    for file in [main, *beside] if main else []:
        if file.signatures and (file.signatures.unchecked or file.signatures.seen):
            assert ReasonCode.UNSIGNED not in decide(*case, b.NOW).reasons
