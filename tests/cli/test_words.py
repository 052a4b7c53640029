from dataclasses import fields

import pytest

from mailhub.cli import words
from mailhub.cli.agency.command import KINDS, MODES, SIGNERS
from mailhub.cli.audit import FAULTS
from mailhub.cli.explanation import ACTIONS
from mailhub.cli.finding_words import FILE_FINDINGS
from mailhub.cli.findings import CONFIDENCES, FIELDS, SOURCES, place
from mailhub.language import word
from mailhub.policy.case import Action, AgencyKind, Mode
from mailhub.policy.signing import LegalValue
from parsers.files.model import ContainerCode
from parsers.finding import Confidence, Source
from parsers.letter import LetterFields, Urgency
from parsers.signatures.model import SignerKind
from storage.chain import Fault
from storage.records import DispatchState, EntryState, LetterState, SubmissionState, TrustPurpose


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.LETTER_STATES, LetterState),
        (words.SUBMISSION_STATES, SubmissionState),
        (words.ENTRY_STATES, EntryState),
        (words.DISPATCH_STATES, DispatchState),
        (words.TRUST_PURPOSES, TrustPurpose),
        (words.URGENCIES, Urgency),
        (words.LEGAL_VALUES, LegalValue),
        (KINDS, AgencyKind),
        (MODES, Mode),
        (SIGNERS, SignerKind),
        (FAULTS, Fault),
        (ACTIONS, Action),
        (CONFIDENCES, Confidence),
        (SOURCES, Source),
        (FILE_FINDINGS, ContainerCode),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_code_has_words(table, codes):
    assert set(table) == set(codes)


def test_a_code_of_a_newer_version_is_shown_as_it_is():
    assert word(words.CHANNELS, "pigeon").vi == "pigeon"


def test_every_field_of_a_letter_has_a_name():
    assert {field.name for field in fields(LetterFields)} == set(FIELDS)


def test_a_place_is_told_in_vietnamese():
    assert place("part 2/page 1/top left").vi == "phần 2/trang 1/trên trái"
