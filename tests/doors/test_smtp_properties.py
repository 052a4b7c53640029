"""What holds for any client of the SMTP door: whole replies, no error of ours, every octet given back, mail only when asked."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from tests.doors.talking import REPLY, talk

WORDS = st.sampled_from(
    [
        *(
            "EHLO c",
            "HELO c",
            "EHLO",
            "helo \x00",
            "MAIL FROM:<a@so.example>",
            "MAIL FROM:<> SIZE=10",
            "MAIL FROM:<a@so.example> SIZE=9999",
        ),
        *(
            "RCPT TO:<vanthu@tinh.example>",
            "RCPT TO:<nobody@tinh.example>",
            "RCPT TO:<postmaster>",
            "rcpt to:<VANTHU@TINH.EXAMPLE> X=1",
        ),
        *(
            "DATA",
            "DATA x",
            ".",
            "..",
            "text",
            "Subject: x",
            "",
            "RSET",
            "NOOP",
            "QUIT",
            "VRFY a",
            "HELP",
            "EXPN a",
            "TURN",
            "BDAT 4 LAST",
        ),
        *("STARTTLS", "AUTH PLAIN AGEAYg==", "AUTH LOGIN", "AUTH", "*", "GET / HTTP/1.1", "x" * 3000, "\rEHLO", "\x16\x03\x01"),
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b""])
DIALOG = st.lists(st.tuples(WORDS.map(str.encode) | st.binary(max_size=20), ENDS).map(b"".join), max_size=25)
MAIL = [b"EHLO c\r\n", b"MAIL FROM:<a@so.example>\r\n", b"RCPT TO:<vanthu@tinh.example>\r\n", b"DATA\r\n"]


def said_and_stored(pieces):
    return asyncio.run(asyncio.wait_for(talk(pieces), 10))


@given(DIALOG, st.booleans())
def test_any_dialog_ends_with_whole_replies_and_nothing_left_reserved(dialog, begins_with_a_mail):
    said, stored = said_and_stored([*(MAIL if begins_with_a_mail else []), *dialog])
    assert said.startswith(b"220 ")
    assert len(stored) <= sum(reply[0].startswith(b"250") for reply in REPLY.finditer(said))


@given(DIALOG)
def test_a_dialog_in_one_piece_says_and_stores_the_same_as_in_many(dialog):
    # Only of a line that the client never ended it depends on the pieces how much of it was looked at.
    dialog = [*dialog, b"\r\nQUIT\r\n"]
    one, stored_at_once = said_and_stored([b"".join(dialog)])
    many, stored = said_and_stored([piece[at : at + 1] for piece in dialog for at in range(len(piece))])
    assert [body for _, body in stored_at_once] == [body for _, body in stored]
    assert codes(one) == codes(many)


@given(st.lists(st.sampled_from([b"a", b".", b"\r\n", b"\r\n.", b"\n", b"\r"]), max_size=20).map(b"".join))
def test_a_mail_that_ends_is_stored_as_it_was_meant(body):
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in body.split(b"\r\n"))
    _, stored = said_and_stored([*MAIL, stuffed + b"\r\n.\r\n"])
    assert [content for _, content in stored] == [body + b"\r\n"]


def test_control_characters_of_a_command_do_not_come_back_in_the_reply():
    said, _ = said_and_stored([b"\rEHLO\x00\x1b\r\n"])
    assert said.splitlines() == [b"220 hub.tinh.example ESMTP mailhub", b'500 5.5.1 Error: command "?EHLO??" not recognized']


def codes(said):
    return [reply[0][:3] for reply in REPLY.finditer(said)]
