import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.addresses import names_other_address, normalise_domain, parse_address_list
from parsers.mail.model import Mailbox


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        (b"vt@snv.angiang.gov.vn", "", "vt@snv.angiang.gov.vn"),
        (b"<vt@snv.angiang.gov.vn>", "", "vt@snv.angiang.gov.vn"),
        (b"Van thu <vt@SNV.AnGiang.gov.VN>", "Van thu", "vt@snv.angiang.gov.vn"),
        (b'"Van thu, So Noi vu" <vt@x.vn>', "Van thu, So Noi vu", "vt@x.vn"),
        ("Sở Nội vụ <vt@x.vn>".encode(), "Sở Nội vụ", "vt@x.vn"),
        (b"=?UTF-8?B?U+G7nyBO4buZaQ==?= =?UTF-8?Q?_v=E1=BB=A5?= <vt@x.vn>", "Sở Nội vụ", "vt@x.vn"),
        (b"=?UTF-8?Q?S=E1=BB=9F_A,_B?= <vt@x.vn>", "Sở A, B", "vt@x.vn"),
        (b"vt@x.vn (Van thu (So))", "", "vt@x.vn"),
        (b"Van (thu) thu <vt@x.vn>", "Van thu", "vt@x.vn"),
        (b'"van thu"@x.vn', "", '"van thu"@x.vn'),
        (b'"vanthu"@x.vn', "", "vanthu@x.vn"),
        (b"vt @ x.vn", "", "vt@x.vn"),
        (b"<@relay.vn,@b.vn:vt@x.vn>", "", "vt@x.vn"),
        (b"MAILER-DAEMON", "", "MAILER-DAEMON"),
        (b"vt@[192.0.2.1]", "", "vt@[192.0.2.1]"),
        ("vt@tỉnh.vn".encode(), "", "vt@xn--tnh-dlz.vn"),
        (b"vt@x.vn.", "", "vt@x.vn"),
    ],
)
def test_one_mailbox_is_read(written, name, address):
    assert parse_address_list(written, 10).mailboxes == (Mailbox(name=name, address=address),)


@pytest.mark.parametrize(
    "written",
    [
        b"alice@example.org)bob@evil.com",
        b"alice@example.org(<bob@evil.com>",
        b"<alice@example.org><bob@evil.com>",
        b"<alice@example.org> bob@evil.com",
        b"alice@example.org bob@evil.com",
        b"alice@example.org@evil.com",
        b"<alice@example.org,bob@evil.com>",
        b'"alice@example.org',
        b"a\x00b@example.org",
        b"alice@",
        b"@example.org",
        b"alice@exa..mple.org",
        b"Nguyen Van A",
        b'"ct@ubnd.vn"',
    ],
)
def test_where_the_syntax_leaves_it_open_no_address_is_taken(written):
    found = parse_address_list(written, 10)
    assert [mailbox.address for mailbox in found.mailboxes] == [""]
    assert found.faulty


def test_angle_address_wins_over_an_address_in_the_name_and_both_are_told():
    found = parse_address_list(b"alice@example.org <bob@evil.com>", 10)
    assert found.mailboxes == (Mailbox(name="alice@example.org", address="bob@evil.com"),)
    assert names_other_address(found.mailboxes[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vt@x.vn", False),
        ("VT@X.vn", False),
        ("Van thu", False),
        ("giamdoc\uff20x.vn", True),
        ("chu tich@ubnd.vn", True),
        ("'ct@ubnd.vn' via list", True),
        ("ct @ ubnd.gov.vn", True),
        ("ct (at) ubnd.gov.vn", True),
        ("Văn phòng ct[AT]ubnd.gov.vn", True),
        ("vt @ x.vn", False),
        ("Anh @Nam", False),
        ("Phòng TC-KH (at work)", False),
    ],
)
def test_display_name_that_shows_another_address_is_noticed(name, expected):
    assert names_other_address(Mailbox(name=name, address="vt@x.vn")) is expected


def test_list_with_groups_is_flattened_to_its_members():
    found = parse_address_list(b"a@x.vn, So: b@x.vn, B <c@x.vn>;, undisclosed-recipients:;, d@x.vn", 10)
    assert [mailbox.address for mailbox in found.mailboxes] == ["a@x.vn", "b@x.vn", "c@x.vn", "d@x.vn"]
    assert not found.faulty


def test_list_is_cut_at_the_limit():
    found = parse_address_list(b", ".join(b"u%d@x.vn" % n for n in range(30)), 5)
    assert (len(found.mailboxes), found.truncated) == (5, True)


def test_list_of_exactly_the_limit_is_whole():
    assert not parse_address_list(b"a@x.vn, b@x.vn", 2).truncated


@pytest.mark.parametrize("written", [b"(" * 60_000, b'\\"' * 30_000, b"<" * 60_000, b"a@b" + b":c" * 30_000, b'"' * 60_001])
def test_hostile_lists_are_read_without_recursion(written):
    assert all(mailbox.address == "" for mailbox in parse_address_list(written, 10).mailboxes)


@pytest.mark.parametrize("domain", ["", ".", "a..b", ".a", "a b", "a\x00b", "x" * 254, "\u202e.vn"])
def test_what_is_no_domain_is_none(domain):
    assert normalise_domain(domain) is None


def test_domain_in_unicode_and_in_a_labels_is_one():
    assert normalise_domain("Tỉnh.VN") == normalise_domain("xn--tnh-dlz.vn")


@given(st.text(max_size=200) | st.text(alphabet='<>@,;:()"\\[] ab.=?', max_size=60))
def test_reading_never_raises_and_gives_clean_addresses(written):
    for mailbox in parse_address_list(written.encode("utf-8", "replace"), 50).mailboxes:
        assert mailbox.address.count("\n") == mailbox.address.count("\r") == 0
        assert "@" not in mailbox.address or normalise_domain(mailbox.address.rpartition("@")[2])
