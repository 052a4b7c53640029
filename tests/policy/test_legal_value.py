"""The value of a letter by its signatures: every combination of who signed, how it stands, where it stands and whose it is."""

from dataclasses import replace
from itertools import product

import pytest

from mailhub.policy.decide import decide
from parsers.signatures.model import Indication, Reason, SubIndication
from tests.policy import builders as b
from tests.policy.variants import UNSIGNED

FAILED, OPEN = Indication.TOTAL_FAILED, Indication.INDETERMINATE

STATES = {
    "absent": None,
    "valid": (Indication.TOTAL_PASSED,),
    "digest wrong": (FAILED, SubIndication.HASH_FAILURE),
    "value wrong": (FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    "form wrong": (FAILED, SubIndication.FORMAT_FAILURE),
    "changed after": (FAILED, SubIndication.FORMAT_FAILURE, (Reason.TRAILING_DATA,)),
    "revoked": (FAILED, SubIndication.REVOKED),
    "expired when signed": (FAILED, SubIndication.EXPIRED),
    "no path": (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    "no root loaded": (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, (Reason.EMPTY_TRUST,)),
    "revocation open": (OPEN, SubIndication.TRY_LATER, (Reason.NO_REVOCATION_DATA,)),
    "not checked": (OPEN, SubIndication.GENERIC, (Reason.FORMAT_NOT_CHECKED,)),
    "changed before the seal": (OPEN, SubIndication.CHANGED_BEFORE_SEAL, (Reason.VISIBLE_CHANGE,)),
}
INVALID = {"digest wrong", "value wrong", "form wrong", "changed after", "revoked", "expired when signed"}
TIES = {
    "the issuer's": b.DIRECTORY.signers,
    "another agency's": tuple(replace(tie, agency_id=8) for tie in b.DIRECTORY.signers),
    "not confirmed": (),
}


def expected(person, seal, *, copy, tied):
    """The table of rules-vn 7.5 in plain words."""
    found = {person, seal} - {"absent"}
    if not found:
        return "unsigned"
    if found & INVALID:
        return "invalid"
    if found != {"valid"} or tied != "the issuer's":
        return "undetermined"
    if person == seal:
        return "full"
    return "copy" if copy and seal == "valid" else "one-missing"


def letter_signed(person, seal, where):
    """The letter with these signatures inside its PDF, in a file beside it, or the person's inside and the seal beside."""
    signed = [b.by_person(*STATES[person])] if STATES[person] else []
    sealed = [b.by_organisation(*STATES[seal])] if STATES[seal] else []
    inside = {"inside": signed + sealed, "beside": [], "both": signed}[where]
    outside = {"inside": [], "beside": signed + sealed, "both": sealed}[where]
    beside = (b.beside("3", *outside),) if outside else ()
    return b.facts(main=b.signed_by(*inside) if inside else UNSIGNED, signature_files=beside)


@pytest.mark.parametrize("where", ["inside", "beside", "both"])
@pytest.mark.parametrize("tied", TIES)
@pytest.mark.parametrize("copy", [False, True], ids=["letter", "copy"])
def test_the_value_of_every_combination(where, tied, copy):
    form = b.text("SAO Y") if copy else None
    view = b.directory(signers=TIES[tied])
    for person, seal in product(STATES, STATES):
        facts = replace(letter_signed(person, seal, where), letter=b.letter(copy_form=form))
        decision = decide(facts, b.KNOWN, view, b.SETTINGS, b.NOW)
        assert decision.legal_value == expected(person, seal, copy=copy, tied=tied), (person, seal)


def test_a_missing_path_is_held_and_never_returned():
    for person, seal, where in product(("no path", "valid", "absent"), ("no path", "valid"), ("inside", "beside", "both")):
        if "no path" in {person, seal}:
            decision = decide(letter_signed(person, seal, where), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
            assert (decision.action.value, decision.legal_value) == ("hold", "undetermined")


def test_revocation_and_dates_hold_and_are_never_returned():
    for state, where in product(("revoked", "expired when signed"), ("inside", "beside", "both")):
        decision = decide(letter_signed(state, "valid", where), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
        assert (decision.action.value, decision.legal_value) == ("hold", "invalid")
