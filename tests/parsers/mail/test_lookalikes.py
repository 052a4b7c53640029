"""Domains that are made to be taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.lookalikes import imitated, mixes_scripts, shown_domain, skeleton

KNOWN = ("stc.tinh.gov.vn", "so-noi-vu.hanoi.gov.vn", "vpcp.vn")


def a_label(text):
    return "xn--" + text.encode("punycode").decode()


@pytest.mark.parametrize(
    ("domain", "other"),
    [
        ("stc.t1nh.gov.vn", "stc.tinh.gov.vn"),
        ("stc.tlnh.gov.vn", "stc.tinh.gov.vn"),
        ("stc-tinh.gov.vn", "stc.tinh.gov.vn"),
        ("stctinh.gov.vn", "stc.tinh.gov.vn"),
        ("stc.tinnh.gov.vn", "stc.tinh.gov.vn"),
        ("stc.tihn.gov.vn", "stc.tinh.gov.vn"),
        ("stc.tinh-gov.vn", "stc.tinh.gov.vn"),
        ("stc.tinh.gov.vn.evil.example", "stc.tinh.gov.vn"),
        ("mail-stc-tinh-gov-vn.evil.example", "stc.tinh.gov.vn"),
        ("so-nol-vu.hanol.gov.vn", "so-noi-vu.hanoi.gov.vn"),
        ("so-noi-vu.hanoi.gov.com", ""),
        (f"{a_label('vрср')}.vn", "vpcp.vn"),
        (f"stc.{a_label('tính')}.gov.vn", "stc.tinh.gov.vn"),
        ("stc.tinh.gov.vn", ""),
        ("vp.stc.tinh.gov.vn", ""),
        ("sxd.tinh.gov.vn", ""),
        ("snv.tinh.gov.vn", ""),
        ("vpcq.vn", ""),
        ("congty.example", ""),
        ("", ""),
    ],
)
def test_an_imitation_is_told_from_a_neighbour(domain, other):
    assert imitated(domain, KNOWN, own=KNOWN) == other


@pytest.mark.parametrize("domain", ["mof.gov.vn", "moha.gov.vn", "mofa.gov.vn", "vp.moc.gov.vn"])
def test_short_names_below_one_suffix_are_neighbours_and_no_imitations(domain):
    assert imitated(domain, ["moh.gov.vn", "moet.gov.vn", "vp.mod.gov.vn"]) == ""
    assert imitated("m0h.gov.vn", ["moh.gov.vn"]) == "moh.gov.vn"
    assert imitated("moha.gov.vm", ["moha.gov.vn"]) == "moha.gov.vn"


@pytest.mark.parametrize(
    ("label", "mixed"), [("ѕtc", True), ("vpсp", True), ("сурс", False), ("văn-phòng", False), ("stc", False), ("λstc", True)]
)
def test_a_label_of_two_scripts_is_seen(label, mixed):
    domain = f"{label if label.isascii() else a_label(label)}.gov.vn"
    assert mixes_scripts(domain) is mixed


@given(st.text(max_size=40))
def test_any_text_has_a_form_and_none_of_it_fails(text):
    assert isinstance(skeleton(text) + shown_domain(f"xn--{text}"), str)
    mixes_scripts(f"xn--{text}.vn")
    imitated(text, KNOWN)
