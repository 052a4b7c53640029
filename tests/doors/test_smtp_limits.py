"""The SMTP door's limits: memory, disk, speed."""

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors.budget import InFlightBudget, Reservation
from mailhub.doors.free_space import FreeSpace, free_octets
from mailhub.doors.networks import LOOPBACK
from mailhub.doors.smtp import DoorMeans
from mailhub.intake import Intake
from mailhub.refusals import RefusedBecause
from storage import captures, directory
from storage.blobs import SegmentStore
from storage.bodies import BodyWriter
from storage.database import Database
from storage.errors import StorageFullError, StorageUnavailableError
from storage.records import UnitDraft
from tests.doors.clients import Client, StoppedTime, ask, greet, last, received, reserved, sessions
from tests.doors.fakes import open_door, wait_until

KIB = 1024


# --- how much at once ------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2 << 20)), max_size=40))
def test_a_budget_is_never_exceeded_and_comes_back_whole(steps):
    budget = InFlightBudget(4 << 20, share=2 << 20)
    reservations = [Reservation(budget, network) for network in ("", "192.0.2.0/24", "192.0.2.0/24")]
    for who, octets in steps:
        if who == 3:
            reservations[octets % 3].release()
        elif reservations[who].cover(octets):
            assert reservations[who].octets >= octets
        assert budget.used == sum(one.octets for one in reservations) <= budget.octets
        assert sum(one.octets for one in reservations[1:]) <= budget.share
    for one in reservations:
        one.release()
        one.release()
    assert budget.used == 0


def test_what_size_declares_is_reserved_at_mail_and_given_back_with_the_transaction(opened, refusals):
    door = opened(message_octets=100 * KIB, in_flight_octets=150 * KIB)
    with Client(door.port) as one, Client(door.port) as two:
        greet(one)
        greet(two)
        assert ask(one, "MAIL FROM:<a@so.example> SIZE=102400").startswith("250")
        assert ask(two, "MAIL FROM:<b@so.example> SIZE=102400").startswith("452 4.3.1 Too much mail at once")
        assert ask(two, "MAIL FROM:<b@so.example> SIZE=1024").startswith("250")
        noted = last(refusals)
        assert (noted.reason, noted.sender, noted.size) == (RefusedBecause.NO_MEMORY, "b@so.example", 102400)
        assert ask(one, "RSET").startswith("250")
        assert ask(two, "RSET").startswith("250")
        assert ask(two, "MAIL FROM:<b@so.example> SIZE=102400").startswith("250")
    wait_until(lambda: reserved(door) == 0)


def test_no_network_can_hold_all_of_the_budget_by_promises(opened):
    door = opened(message_octets=100 * KIB, in_flight_octets=400 * KIB, proxy_networks=LOOPBACK)
    with ExitStack() as stack:

        def promised(host):
            client = stack.enter_context(Client(door.port))
            client.say(f"PROXY TCP4 {host} 192.0.2.1 4000 25")
            greet(client)
            return ask(client, "MAIL FROM:<a@so.example> SIZE=102400")[:3]

        assert [promised(f"203.0.113.{last}") for last in (1, 2, 3)] == ["250", "250", "452"]
        assert promised("198.51.100.1") == "250"
    wait_until(lambda: reserved(door) == 0)


def test_an_exempt_network_may_hold_all_of_the_budget(opened):
    door = opened(message_octets=100 * KIB, in_flight_octets=300 * KIB)
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(door.port)) for _ in range(4)]
        for client in clients:
            greet(client)
        assert [ask(client, "MAIL FROM:<a@so.example> SIZE=102400")[:3] for client in clients] == ["250", "250", "250", "452"]


def test_a_body_beyond_the_budget_is_read_to_its_end_and_kept_nowhere(opened, intake, refusals):
    door = opened(message_octets=2048 * KIB, in_flight_octets=2048 * KIB)
    with Client(door.port) as one, Client(door.port) as two:
        greet(one)
        assert ask(one, f"MAIL FROM:<a@so.example> SIZE={1900 * KIB}").startswith("250")
        two.open_transaction()
        for _ in range(1000):
            two.say("x" * 998)
        assert ask(two, ".").startswith("452 4.3.1 Too much mail at once")
        assert reserved(door) == 1900 * KIB
        assert last(refusals).recipients == ("vanthu@tinh.example",)
        assert ask(one, "RSET").startswith("250")
        two.say("MAIL FROM:<b@so.example>", "RCPT TO:<vanthu@tinh.example>", "DATA", *["x" * 998] * 1000, ".")
        assert [line[:3] for line in two.hear(4)] == ["250", "250", "354", "250"]
    assert [len(mail.raw) for mail in intake.mails] == [1_000_000]
    wait_until(lambda: reserved(door) == 0)


def test_what_is_being_stored_stays_reserved_though_its_client_is_gone(opened, intake):
    door = opened(message_octets=100 * KIB, in_flight_octets=1000 * KIB)
    intake.gate.clear()
    with Client(door.port) as client:
        client.send("one")
        assert intake.waiting.acquire(timeout=20)
        client.vanish()
    wait_until(lambda: sessions(door) == 0)
    assert reserved(door) > 0
    intake.gate.set()
    wait_until(lambda: reserved(door) == 0)


# --- disk ------------------------------------------------------------------------------------------------------------


def test_free_space_is_asked_for_once_a_while_of_the_fullest_disk(tmp_path, monkeypatch):
    asked = []

    def free(folder):
        asked.append(folder)
        return 500 if folder.name == "full" else 5000

    monkeypatch.setattr("mailhub.doors.free_space.LOOK_SECONDS", 3600.0)
    space = FreeSpace((tmp_path / "empty", tmp_path / "full"), 400, free=free)
    assert [space.has_room(), space.has_room(100), space.has_room(101)] == [True, True, False]
    assert len(asked) == 2
    monkeypatch.setattr("mailhub.doors.free_space.LOOK_SECONDS", 0.0)
    space.has_room()
    assert len(asked) == 4


def test_the_room_of_a_folder_that_is_still_to_be_made_is_that_of_its_parent(tmp_path, monkeypatch):
    asked, look = [], os.statvfs
    monkeypatch.setattr(os, "statvfs", lambda folder: asked.append(folder) or look(folder))
    assert free_octets(tmp_path / "not" / "yet") > 0
    assert asked == [tmp_path]


def test_a_disk_below_its_floor_takes_no_mail(opened, tmp_path, refusals):
    door = opened(means={"space": FreeSpace((tmp_path,), 1000, free=lambda _: 999)})
    with Client(door.port) as client:
        greet(client)
        assert ask(client, "MAIL FROM:<a@so.example>").startswith("452 4.3.1 No room")
    assert last(refusals).reason is RefusedBecause.DISK_FULL


def test_a_disk_that_fills_up_meanwhile_takes_no_more(opened, tmp_path, intake, monkeypatch):
    monkeypatch.setattr("mailhub.doors.free_space.LOOK_SECONDS", 0.0)
    room = [10_000]
    door = opened(means={"space": FreeSpace((tmp_path,), 1000, free=lambda _: room[0])})
    with Client(door.port) as client:
        client.open_transaction()
        room[0] = 999
        assert ask(client, "one\r\n.").startswith("452 4.3.1 No room")
    assert intake.mails == []


@pytest.mark.parametrize(("failure", "reply"), [(StorageFullError, "452 4.3.1"), (StorageUnavailableError, "451 4.3.0")])
def test_a_full_disk_and_a_broken_one_are_told_apart(opened, intake, refusals, failure, reply):
    intake.failure = failure("/var/lib/mailhub: what the system says")
    with Client(opened().port) as client:
        client.send("one")
        (answer,) = client.hear()
    assert answer.startswith(reply)
    assert "/var" not in answer
    assert last(refusals).reason in {RefusedBecause.DISK_FULL, RefusedBecause.NOT_STORED}


@pytest.mark.parametrize(("failure", "reply"), [(StorageFullError, "452 4.3.1"), (StorageUnavailableError, "451 4.3.0")])
def test_a_body_that_cannot_be_spilled_is_refused_once_it_has_ended(opened, intake, monkeypatch, failure, reply):
    write = BodyWriter.write

    def failing(writer, octets):
        if writer.size + len(octets) > 512 * KIB:
            raise failure("no")
        write(writer, octets)

    monkeypatch.setattr(BodyWriter, "write", failing)
    door = opened()
    with Client(door.port) as client:
        client.send(*["x" * 998] * 2000)
        assert client.hear()[0].startswith(reply)
        client.say("MAIL FROM:<b@so.example>", "RCPT TO:<vanthu@tinh.example>", "DATA", "small", ".")
        assert client.hear(4)[3].startswith("250")
    assert [mail.raw for mail in intake.mails] == [b"small\r\n"]
    wait_until(lambda: reserved(door) == 0)


def test_a_flush_that_fails_is_answered_451_and_what_follows_goes_into_a_new_segment(tmp_path, sqlite_template, refusals):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=None)
    unit = UnitDraft(code="VP", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=("vanthu@tinh.example",))
    with database.transaction() as tx:
        directory.add_unit(tx, unit)
    flushes = []

    def broken(descriptor):
        flushes.append(descriptor)
        raise OSError(5, "Input/output error")

    intake = Intake(SegmentStore(tmp_path / "blobs", flush=broken), database)
    door = open_door(intake, means=DoorMeans(refusals=refusals))
    with Client(door.port) as client:
        client.send("one")
        assert client.hear() == ["451 4.3.0 Local error, your mail is not taken yet, try again later"]
        client.say("MAIL FROM:<b@so.example>", "RCPT TO:<vanthu@tinh.example>", "DATA", "two", ".")
        assert client.hear(4)[3].startswith("451")
    door.stop(5)
    intake.close()
    assert len(flushes) == 2, "a failed flush must not be tried again on the same segment"
    with database.reading() as tx:
        assert captures.pending_count(tx) == 0
    database.close()


# --- speed -----------------------------------------------------------------------------------------------------------


def test_a_slow_but_honest_sender_takes_as_long_as_it_takes(opened, intake):
    door = opened(data_octets_per_second=1000, data_window_seconds=0.2, command_seconds=0.3)
    with StoppedTime(door) as time, Client(door.port) as client:
        client.open_transaction()
        for sent in range(1, 17):
            client.say("x" * 198)
            wait_until(lambda sent=sent: received(door) >= sent * 200)
            time.pass_(0.05)
        assert ask(client, ".").startswith("250")
    assert len(intake.mails[0].raw) == 16 * 200


def test_a_sender_that_drips_is_cut(opened, intake, refusals):
    door = opened(data_octets_per_second=1000, data_window_seconds=0.2)
    with StoppedTime(door) as time, Client(door.port) as client:
        client.open_transaction()
        client.socket.sendall(b"x" * 300)
        wait_until(lambda: received(door) >= 300)
        time.pass_(0.2)
        client.socket.sendall(b"x" * 150)
        wait_until(lambda: received(door) >= 450)
        time.pass_(0.2)
        assert client.hear(2) == ["421 4.4.2 The message comes too slowly, try again later", ""]
    noted = last(refusals)
    assert (noted.reason, noted.sender, noted.recipients) == (RefusedBecause.TOO_SLOW, "a@so.example", ("vanthu@tinh.example",))
    wait_until(lambda: reserved(door) == 0)
    assert intake.mails == []


def test_a_client_that_sends_nothing_at_all_is_cut_also_where_no_speed_is_asked_for(opened):
    with Client(opened(data_octets_per_second=0, data_window_seconds=0.1).port) as client:
        client.open_transaction()
        client.say("half a mail")
        assert client.hear(2) == ["421 4.4.2 The message comes too slowly, try again later", ""]


def test_a_message_that_never_ends_keeps_no_place(opened, refusals):
    door = opened(message_octets=20_000, data_octets_per_second=1, data_window_seconds=0.1)
    with StoppedTime(door) as time, Client(door.port) as client:
        client.open_transaction()
        client.say(*["x" * 998] * 60)
        wait_until(lambda: received(door) >= 60_000)
        time.pass_(0.1)
        assert sessions(door) == 1
        client.say(*["x" * 998] * 240)
        wait_until(lambda: received(door) >= 300_000)
        time.pass_(0.1)
        assert client.hear()[0].startswith("552 5.3.4 ")
    assert [refused.reason for refused in refusals.noted] == [RefusedBecause.TOO_LARGE]
    assert last(refusals).reply.startswith("552 5.3.4 ")
    wait_until(lambda: reserved(door) == 0)


def test_a_client_that_waits_for_our_disk_is_not_slow(opened, monkeypatch):
    write, stuck, go_on = BodyWriter.write, threading.Event(), threading.Event()

    def slow(writer, octets):
        if writer.size + len(octets) > 512 * KIB and not stuck.is_set():
            stuck.set()
            go_on.wait(20)
        write(writer, octets)

    monkeypatch.setattr(BodyWriter, "write", slow)
    door = opened(data_octets_per_second=100_000_000, data_window_seconds=0.2)
    with StoppedTime(door) as time, Client(door.port) as client, ThreadPoolExecutor(1) as sending:
        sent = sending.submit(client.send, *["x" * 998] * 2000)
        assert stuck.wait(20)
        for _ in range(3):
            time.pass_(0.2)
        go_on.set()
        sent.result(20)
        assert client.hear()[0].startswith("250")


def test_a_client_that_drips_commands_is_cut(opened):
    door = opened(command_seconds=0.3)
    with StoppedTime(door) as time, Client(door.port) as client:
        client.hear()
        (session,) = door._count.sessions
        for sent in range(1, 4):
            client.socket.sendall(b"N")
            wait_until(lambda sent=sent: len(session._reader._buffer) == sent)
            time.pass_(0.11)
        assert client.hear(2) == ["421 4.4.2 Nothing came for too long, come again", ""]


def test_a_session_ends_though_it_is_never_idle(opened):
    door = opened(session_seconds=0.3, command_seconds=0.2)
    with StoppedTime(door) as time, Client(door.port) as client:
        client.hear()
        for _ in range(2):
            assert ask(client, "NOOP").startswith("250")
            time.pass_(0.1)
        assert ask(client, "NOOP").startswith("250")
        time.pass_(0.11)
        assert client.hear()[0].startswith("421 4.4.2 This session")
