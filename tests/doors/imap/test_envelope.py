"""What a delivered mail still tells of its envelope, whatever its octets are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors.imap.envelope import envelope_of
from mailhub.doors.imap.session import MOST_COPIES, uids_of
from storage import mailboxes
from storage.records import MailboxPlace


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        ("Return-Path: <a@b.example>\r\nFrom: x@y.example\r\n", "a@b.example"),
        ("Return-Path: <>\r\nFrom: x@y.example\r\n", ""),
        ("From: =?utf-8?q?S=E1=BB=9F?= <x@y.example>\r\n", "x@y.example"),
        ('From: "Sở <giả@z.example>"\r\n <x@y.example>\r\n', "x@y.example"),
        ("Received: by x\r\n\tfor <c@d>\r\nreturn-path:   a@b.example\r\n", "a@b.example"),
        ("Return-Path: <a@b.example>\r\nReturn-Path: <forged@z.example>\r\n", "a@b.example"),
        ("Return-Path: nonsense here\r\nFrom: x@y.example\r\n", ""),
        ("Subject: none\r\n", ""),
    ],
)
def test_the_topmost_return_path_is_the_sender_and_without_one_from_is(head, sender):
    assert envelope_of(head.encode() + b"\r\nReturn-Path: <body@z.example>\r\n").sender == sender


def test_the_topmost_field_of_the_server_says_who_it_was_delivered_to():
    raw = b"Delivered-To: mot-cua@tinh.example\r\nDelivered-To: forged@tinh.example\r\nMessage-ID:\r\n <1@b>\r\n\r\n"
    envelope = envelope_of(raw, "Delivered-To")
    assert (envelope.delivered_to, envelope.message_id) == ("mot-cua@tinh.example", "<1@b>")
    assert envelope_of(raw, "X-Original-To").delivered_to == ""
    assert envelope_of(raw).delivered_to == ""


@given(st.binary(max_size=400) | st.text(alphabet='Return-Path:Fom <>@a.\r\n\t"\\', max_size=200).map(str.encode))
def test_any_octets_have_an_envelope(raw):
    envelope = envelope_of(raw, "Delivered-To")
    assert all(text.isprintable() for text in (envelope.sender, envelope.delivered_to))


@given(st.lists(st.integers(1, 2**32 - 1), max_size=20))
def test_a_set_of_uids_is_read_in_its_order(uids):
    assert uids_of(b",".join(b"%d" % uid for uid in uids)) == uids or not uids


@given(st.binary(max_size=60) | st.text(alphabet="0123456789,:*", max_size=40).map(str.encode))
def test_any_set_of_uids_is_read_or_refused_within_bounds(uid_set):
    assert len(uids_of(uid_set)) <= MOST_COPIES + 1


@given(st.text(min_size=1, max_size=40), st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_a_door_key_names_one_place(folder, uidvalidity, uid):
    key = mailboxes.door_key("vanthu@12ab34cd", folder, uidvalidity, uid)
    assert mailboxes.place_of(key) == MailboxPlace(folder=folder, uidvalidity=uidvalidity, uid=uid)
    assert mailboxes.account_name(key) == "vanthu"
