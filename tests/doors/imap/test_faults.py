"""Servers that refuse, hang, forget or lie: the office reads what to do, and no mail is lost or blamed in vain."""

import sys
import threading
import time
from dataclasses import replace

import pytest
from imapclient import IMAPClient

from mailhub.doors.free_space import FreeSpace
from mailhub.doors.imap import Encryption
from mailhub.doors.imap.credentials import Credentials, Kind
from mailhub.doors.imap.faults import pause_of
from mailhub.doors.imap.taking import MOST_ATTEMPTS
from mailhub.intake import Intake
from storage import mailboxes
from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.records import RefusedBecause
from tests.servers.scripted_imap import Hangup, ScriptedImap
from tests.servers.waiting import free_port, until

MAILS = {
    4: b"From: a@b.example\r\n\r\nm\xe1\xbb\x99t\r\n",
    9: b"From: c@d.example\r\n\r\nhai\r\n",
    12: b"From: e@f\r\n\r\nba\r\n",
}


def hang_up(*_):
    raise Hangup


def told_by(open_poller, **server):
    poller = open_poller(ScriptedImap(**server))
    poller.rounds()
    [fault] = poller.told.faults
    return fault


def test_a_mail_is_taken_and_moved(open_poller):
    poller = open_poller(ScriptedImap(mails=dict(MAILS)))
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    assert poller.server.moved == MAILS
    assert poller.told.faults == []
    assert not any("Seen" in command or command in {"CLOSE", "EXPUNGE"} for command in poller.server.commands())
    assert all("BODY[" not in command for command in poller.server.commands())


def test_a_greeting_that_says_bye_is_told(open_poller):
    assert "refused: " in told_by(open_poller, greeting="* BYE down for maintenance")


def test_a_server_that_is_not_there_is_told(open_poller):
    poller = open_poller(port=free_port())
    poller.rounds()
    assert "takes no connection" in poller.told.faults[0]


def test_a_name_that_nobody_knows_is_told(open_poller):
    poller = open_poller(host="imap.invalid")
    poller.rounds()
    assert poller.told.faults


def test_what_is_no_imap_is_told(open_poller):
    assert told_by(open_poller, greeting="HTTP/1.1 400 Bad Request")


def test_a_server_that_says_nothing_is_left_after_the_time_limit(open_poller):
    over = threading.Event()

    def sleep(*_):
        over.wait(20)
        raise Hangup

    poller = open_poller(ScriptedImap(answers={"SELECT": sleep}), seconds=0.3)
    poller.rounds()
    over.set()
    assert "did not answer in time" in poller.told.faults[0]


def test_tls_that_is_not_there_names_port_and_setting(open_poller):
    poller = open_poller(encryption=Encryption.IMPLICIT)
    poller.rounds()
    assert "check port and tls" in poller.told.faults[0]
    poller = open_poller(encryption=Encryption.STARTTLS)
    poller.rounds()
    assert "offers no STARTTLS" in poller.told.faults[0]


def test_nobody_tries_to_log_in_where_login_is_disabled(open_poller):
    poller = open_poller(ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED STARTTLS"))
    poller.rounds()
    assert "lets nobody log in unencrypted" in poller.told.faults[0]
    assert not any("secret" in command for command in poller.server.commands())


def test_a_refused_password_is_told_without_the_password(open_poller):
    def refuse(connection, tag, _arguments):
        connection.send("+ ")
        connection.file.readline()
        return f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed."

    fault = told_by(open_poller, answers={"AUTHENTICATE": refuse})
    assert "does not let vanthu@tinh.example in" in fault
    assert "secret" not in fault


def test_a_password_with_diacritics_gets_through(open_poller):
    poller = open_poller(credentials=Credentials(value="Mật khẩu"))
    poller.rounds()
    assert poller.told.faults == []


@pytest.mark.parametrize("password", ['a"b\\c', "Mật khẩu"])
def test_an_old_login_takes_any_name_and_password(open_poller, password):
    server = ScriptedImap(mails=dict(MAILS), capabilities="IMAP4rev1 MOVE")
    poller = open_poller(server, credentials=Credentials(value=password))
    poller.box.account = replace(poller.box.account, user="STC\\van thu")
    poller.door = poller.box.door()
    poller.rounds()
    assert poller.told.faults == []
    assert poller.box.stored() == list(MAILS.values())
    [command] = [command for command in server.commands() if command.startswith("LOGIN")]
    assert command.startswith(r'LOGIN "STC\\van thu" "')
    assert password != 'a"b\\c' or command.endswith(r' "a\"b\\c"')


def test_a_token_that_has_run_out_is_asked_for_anew(open_poller, tmp_path):
    """The file holds what another program writes; the server hangs up when the token ends."""
    file = tmp_path / "token"
    file.write_text("stale\n")
    poller = open_poller(ScriptedImap(mails=dict(MAILS)), credentials=Credentials(kind=Kind.TOKEN, file=file))
    poller.rounds()
    assert "does not take the token" in poller.told.faults[0]
    assert "status 400" in poller.told.faults[0]
    assert "stale" not in poller.told.faults[0]
    file.write_text("fresh\n")
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    poller.server.tokens, poller.server.mails = {"fresher"}, {20: MAILS[4]}
    poller.server.answers["SEARCH"] = hang_up
    poller.rounds()
    del poller.server.answers["SEARCH"]
    file.write_text("fresher\n")
    poller.rounds()
    assert len(poller.box.stored()) == 4


def test_a_command_gives_the_token_at_every_login(open_poller, tmp_path):
    script = tmp_path / "token.py"
    script.write_text("import sys; print('fresh'); print('secret words', file=sys.stderr)\n")
    command = (sys.executable, str(script))
    poller = open_poller(credentials=Credentials(kind=Kind.TOKEN, command=command))
    poller.rounds()
    assert poller.told.faults == []
    script.write_text("import sys; print('secret words', file=sys.stderr); sys.exit(3)\n")
    poller = open_poller(credentials=Credentials(kind=Kind.TOKEN, command=command))
    poller.rounds()
    assert "ended with 3; try it by hand" in poller.told.faults[0]
    assert "secret words" not in poller.told.faults[0]


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("", "gives no password or token"), ("\x00\x01", "gives no password")]
)
def test_a_file_without_a_secret_is_told(open_poller, tmp_path, content, said):
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    poller = open_poller(credentials=Credentials(file=file))
    poller.rounds()
    assert said in poller.told.faults[0]


def test_a_server_that_knows_no_tokens_is_told(open_poller):
    poller = open_poller(
        ScriptedImap(capabilities="IMAP4rev1 AUTH=PLAIN"), credentials=Credentials(kind=Kind.TOKEN, value="fresh")
    )
    poller.rounds()
    assert "takes no login by token" in poller.told.faults[0]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("SELECT failed: Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92.415),
        ("[ALERT] Too many simultaneous connections. (Failure)", 60.0),
        ("[UNAVAILABLE] Temporary authentication failure.", 60.0),
        ("[AUTHENTICATIONFAILED] Invalid credentials", 0.0),
    ],
)
def test_a_server_that_has_had_enough_is_left_alone_for_as_long_as_it_asks(said, seconds):
    assert pause_of(said) == seconds


def test_a_throttled_account_waits_and_keeps_its_lease(open_poller):
    def throttle(_connection, tag, _arguments):
        return f"{tag} NO Request is throttled. Suggested Backoff Time: 300 milliseconds"

    poller = open_poller(ScriptedImap(answers={"SELECT": throttle}))
    started = time.monotonic()
    poller.rounds()
    assert time.monotonic() - started >= 0.3
    assert "asks us to wait" in poller.told.faults[0]
    assert poller.door._lease.account_id


def test_a_mail_that_vanished_before_its_fetch_is_no_error(open_poller):
    poller = open_poller(
        ScriptedImap(mails=dict(MAILS), answers={"SEARCH": lambda _c, tag, _a: f"* SEARCH 4 5 9 12\r\n{tag} OK done"})
    )
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    assert poller.told.faults == []


def test_a_search_that_names_a_mail_twice_takes_it_once(open_poller):
    poller = open_poller(
        ScriptedImap(mails=dict(MAILS), answers={"SEARCH": lambda _c, tag, _a: f"* SEARCH 9 4 9 4\r\n{tag} OK done"})
    )
    poller.rounds()
    assert poller.box.stored() == [MAILS[4], MAILS[9]]


def poisoned(spoil):
    """A server on which fetching mail 9 goes wrong."""
    server = ScriptedImap(mails=dict(MAILS))

    def fetch(connection, tag, arguments):
        uids = list(connection.chosen(arguments.partition(" ")[0]))
        return spoil(connection, tag, arguments) if "BODY.PEEK[]" in arguments and 9 in uids else None

    server.answers["FETCH"] = fetch
    return server


def without_nine(connection, tag, arguments):
    lines = [connection.fetched(uid, arguments) for uid in connection.chosen(arguments.partition(" ")[0]) if uid != 9]
    return b"".join(lines) + f"{tag} OK done".encode()


def nil(connection, tag, arguments):
    return without_nine(connection, tag, arguments).replace(
        f"{tag} OK done".encode(), f"* 9 FETCH (UID 9 BODY[] NIL)\r\n{tag} OK done".encode()
    )


def broken(connection, _tag, _arguments):
    connection.server.hurry()
    return '* 9 FETCH (UID 9 BODY[] "never ends'


def lying(_connection, _tag, _arguments):
    return "* 9 FETCH (UID 9 BODY[] {99999999999}"


@pytest.mark.parametrize("spoil", [hang_up, without_nine, nil, lying, broken])
def test_a_mail_that_cannot_be_fetched_is_set_aside_alone_and_holds_up_no_other(open_poller, spoil):
    server = poisoned(spoil)
    poller = open_poller(server)
    # Nobody waits long for what never comes, and long enough for everything else.
    server.hurry = lambda: poller.door._session._client.socket().settimeout(0.3)
    poller.rounds(3)
    assert sorted(poller.box.stored()) == sorted([MAILS[4], MAILS[12]])
    assert poller.told.refused == []
    poller.rounds(MOST_ATTEMPTS)
    assert len(poller.box.stored()) == 2
    [refused] = poller.told.refused
    assert (refused.reason, refused.size) == (RefusedBecause.POISON, len(MAILS[9]))
    assert poller.server.moved == MAILS
    assert any("MOVE 9 " in command and "Kh" in command for command in poller.server.commands())


def test_no_mail_is_to_blame_while_the_server_cannot_be_reached_at_all(open_poller):
    server = poisoned(hang_up)
    poller = open_poller(server)
    for _ in range(2 * MOST_ATTEMPTS):
        server.greeting = "* OK ready"
        poller.rounds()
        server.greeting = "* BYE down"
        poller.rounds()
    server.greeting, server.answers = "* OK ready", {}
    poller.rounds(2)
    assert sorted(poller.box.stored()) == sorted(MAILS.values())
    assert poller.told.refused == []


def test_a_connection_that_dies_in_idle_is_noticed_at_once_and_without_spinning(open_poller, monkeypatch):
    checks, check = [], IMAPClient.idle_check
    monkeypatch.setattr(IMAPClient, "idle_check", lambda *given: checks.append(given) or check(*given))
    monkeypatch.setattr("mailhub.doors.imap.idling.TICK_SECONDS", 40.0)
    server = ScriptedImap(answers={"IDLE": lambda connection, _tag, _arguments: connection.send("+ idling") or hang_up()})
    poller = open_poller(server, idle=True, poll_seconds=600.0)
    poller.rounds()
    assert poller.told.faults
    assert 1 <= len(checks) <= 3


@pytest.mark.parametrize("said", ["* 3 EXISTS\r\n+ idling", "+ idling\r\n* 3 EXISTS"])
def test_news_that_comes_as_the_server_agrees_to_idle_is_heard_and_no_disorder(open_poller, said):
    server = ScriptedImap()

    def idle(connection, tag, _arguments):
        connection.send(said)
        assert connection.file.readline() == b"DONE\r\n"
        return f"{tag} OK done"

    server.answers["IDLE"] = idle
    poller = open_poller(server, idle=True, poll_seconds=600.0)
    poller.rounds()
    server.mails = dict(MAILS)
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    assert poller.told.faults == []


def test_a_connection_that_nat_forgot_is_given_up_at_the_next_look(open_poller):
    """The server never hears of DONE, and we never hear anything again."""

    over = threading.Event()

    def forget(connection, _tag, _arguments):
        connection.send("+ idling")
        over.wait(20)
        raise Hangup

    poller = open_poller(ScriptedImap(answers={"IDLE": forget}), idle=True, poll_seconds=0.2, seconds=0.3)
    poller.rounds()
    over.set()
    assert "did not answer in time" in poller.told.faults[0]


def test_idle_ends_when_the_hub_stops(open_poller):
    poller = open_poller(idle=True, poll_seconds=600.0)
    thread = threading.Thread(target=poller.rounds)
    thread.start()
    until(lambda: any(command == "IDLE" for command in poller.server.commands()), "the door to idle")
    poller.stopping.set()
    thread.join(20)
    assert not thread.is_alive()
    assert poller.server.commands()[-1] == "LOGOUT"


def test_a_server_that_numbers_no_life_of_its_uids_is_refused(open_poller):
    fault = told_by(open_poller, answers={"SELECT": lambda _c, tag, _a: f"* 3 EXISTS\r\n* 0 RECENT\r\n{tag} OK [READ-WRITE]"})
    assert "no UIDVALIDITY" in fault


def test_a_folder_that_turns_read_only_is_taken_from_and_the_office_is_told(open_poller):
    def select(connection, tag, arguments):
        return connection.select(tag, arguments).replace("READ-WRITE", "READ-ONLY")

    poller = open_poller(ScriptedImap(mails=dict(MAILS), answers={"SELECT": select, "EXAMINE": select}))
    poller.rounds(3)
    assert poller.box.stored() == list(MAILS.values())
    assert poller.server.moved == {}
    assert "read-only" in poller.told.faults[-1]


def test_a_move_that_moves_nothing_does_not_become_a_storm(open_poller):
    poller = open_poller(ScriptedImap(mails=dict(MAILS), answers={"MOVE": lambda _c, tag, _a: f"{tag} OK moved"}))
    started = time.monotonic()
    poller.rounds(3)
    assert time.monotonic() - started >= 0.2
    assert poller.box.stored() == list(MAILS.values())
    assert sum(command.startswith("UID MOVE") for command in poller.server.commands()) <= 3


@pytest.mark.parametrize("said", ["[OVERQUOTA] Quota exceeded", "[NOPERM] Permission denied", "[CANNOT] no"])
def test_a_server_that_refuses_to_move_is_told_of_and_new_mail_comes_in_all_the_same(open_poller, said):
    server = ScriptedImap(mails=dict(MAILS), answers={"MOVE": lambda _c, tag, _a: f"{tag} NO {said}"})
    poller = open_poller(server)
    poller.rounds(2)
    server.mails[15] = b"From: g@h\r\n\r\nbon\r\n"
    poller.rounds(2)
    assert poller.box.stored() == list(server.mails.values())
    assert server.connections == 1
    assert "cannot be moved or marked" in poller.told.faults[-1]
    assert said in poller.told.faults[-1]
    del server.answers["MOVE"]
    poller.rounds()
    assert len(server.moved) == 4
    assert len(poller.box.captures()) == 4


def test_a_folder_that_cannot_be_opened_keeps_the_mail_of_no_other_from_being_taken(open_poller):
    server = ScriptedImap(
        mails=dict(MAILS), answers={"SELECT": lambda _c, tag, name: f"{tag} NO [NONEXISTENT] gone" if "Gone" in name else None}
    )
    poller = open_poller(server, folders=("INBOX", "Gone"))
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    assert "folder Gone cannot be opened" in poller.told.faults[-1]


def test_copyuid_that_is_nonsense_is_not_believed(open_poller):
    lines = "* OK [COPYUID 7 4,9 1:99999999999999] moved\r\n"

    def move(connection, tag, arguments):
        connection.move(tag, arguments)
        return f"{lines}{tag} OK moved"

    poller = open_poller(ScriptedImap(mails=dict(MAILS), answers={"MOVE": move}))
    poller.rounds()
    assert poller.server.moved == MAILS
    assert poller.told.faults == []


def test_a_registry_that_does_not_answer_costs_no_mail_and_no_storm_of_logins(open_poller, monkeypatch):
    poller = open_poller(ScriptedImap(mails=dict(MAILS)))
    poller.door._lease.hold()

    def away(_database):
        raise StorageUnavailableError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", away)
        patch.setattr("mailhub.doors.imap.door.FIRST_PAUSE", 0.4)
        started = time.monotonic()
        poller.rounds(2)
        assert time.monotonic() - started >= 0.6
    assert poller.server.connections == 2
    assert "check disk and database" in poller.told.faults[0]
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())


def test_a_folder_that_is_its_own_target_is_taken_from_and_nothing_is_moved_in_circles(open_poller):
    poller = open_poller(ScriptedImap(mails=dict(MAILS)), taken="inbox")
    poller.rounds(3)
    assert len(poller.box.stored()) == 3
    assert poller.server.moved == {}
    assert "is that very folder" in poller.told.faults[-1]


def test_a_disk_that_is_nearly_full_leaves_mail_in_its_mailbox(open_poller, tmp_path):
    poller = open_poller(ScriptedImap(mails=dict(MAILS)))
    side = poller.box.side
    free = [10]
    poller.box.side = replace(side, space=FreeSpace((tmp_path,), 0, free=lambda _folder: free[0]))
    poller.door = poller.box.door()
    for _ in range(MOST_ATTEMPTS + 1):
        poller.rounds()
    assert poller.box.stored() == []
    assert "make room" in poller.told.faults[0]
    poller.box.side = side
    poller.door.close()
    poller.door = poller.box.door()
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())


def test_a_hub_that_stops_meanwhile_blames_no_mail(open_poller):
    poller = open_poller(ScriptedImap(mails=dict(MAILS)))
    stopped = Intake(poller.box.blobs, poller.box.database)
    stopped.close()
    side = poller.box.side
    poller.box.side = replace(side, intake=stopped)
    poller.door = poller.box.door()
    poller.rounds(MOST_ATTEMPTS + 1)
    poller.door.close()
    poller.box.side = side
    poller.door = poller.box.door()
    poller.rounds()
    assert poller.box.stored() == list(MAILS.values())
    assert poller.told.refused == []


def test_a_folder_in_which_no_original_may_be_looked_for_keeps_no_mail_from_being_taken(open_poller):
    poller = open_poller(ScriptedImap(mails={4: MAILS[4]}))
    poller.rounds()
    with poller.box.database.transaction() as tx:
        mailboxes.order_deletion(tx, poller.box.captures()[0].id)
    poller.server.answers["LIST"] = lambda _, tag, __: f'* LIST () "/" "Private"\r\n{tag} OK done'
    poller.server.answers["SELECT"] = lambda _, tag, name: f"{tag} NO [NOPERM] denied" if "Private" in name else None
    poller.server.mails[9] = MAILS[9]
    poller.rounds(2)
    assert poller.box.stored() == [MAILS[4], MAILS[9]]
    assert "Private" in poller.told.faults[0]
    assert poller.told.faults[-1] == poller.told.faults[0], "the office goes on being told"
    with poller.box.database.reading() as tx:
        assert len(mailboxes.pending_deletions(tx)) == 1
