"""The structure of mails that broke other gateways, one test each; the numbers are those of the list that was measured.

| no. | pitfall | held by |
|---|---|---|
| 26 | duplicate fields | here; `test_headers.test_several_senders_are_told` |
| 27 | raw 8-bit headers, unknown and lying charsets | here; `test_charsets`, `test_encoded_words` |
| 28 | encoded words cut inside a letter | `test_name_forms`, `test_encoded_words.test_text_cut_anywhere_...` |
| 29 | RFC 2231 cut, out of order, without number 0, mixed | `test_name_forms`, `test_parameters` |
| 30 | `filename=` beside `filename*=` | `test_name_forms.test_names_that_contradict_or_deceive` |
| 31 | RFC 2047 in and out of quotes, double | `test_name_forms`; here |
| 32 | NFD names | `test_name_forms.test_every_form_gives_composed_letters` |
| 33 | paths, drives, controls, long names, two of one name | `test_filenames`; here |
| 34 | duplicate filename parameter | `test_filenames.test_of_a_repeated_parameter_...` |
| 35 | attached mails, their depth | here; `test_containers.test_attached_mail_...`, `test_limits_hold_...` |
| 36 | winmail.dat | `tests/parsers/files` (Outlook files) |
| 37 | boundaries unclosed, absent, prefixes, deep, many | here; `test_message`, `test_denial_of_service` |
| 38 | bad base64, soft breaks, uuencode, yEnc, binary | here; `test_transfer` |
| 39 | message/partial, message/external-body | here; `tests/policy/cases_held` |
| 40 | pictures of the text, document only in the HTML | here; `test_containers.test_only_what_belongs_...` |
| 41 | S/MIME and PGP, bytes kept | here; `test_message.test_spans_slice_the_raw_bytes` |
| 42 | header bombs | `test_denial_of_service` |
| 43 | comments nested | `test_denial_of_service`, `test_addresses.test_hostile_lists_...` |
| 44 | missing or absurd Date, Message-ID, From; an ID used again | here |
| 45 | archives, macros, wrong types | `tests/parsers/files` |
| 46 | HTML with scripts | here; `test_html_text` |
"""

from base64 import b64encode, encodebytes
from datetime import UTC, datetime

import pytest

from parsers.files.containers import FileKind
from parsers.mail.body import body_text
from parsers.mail.identity import content_identity
from parsers.mail.message import MessageCode, decode_part, leaves, parse_message
from tests.parsers.mail.name_forms import tcvn3, vni, windows_1258
from tests.parsers.mails import HEAD, PDF, attachment, codes, mixed, opened, text

SUBJECT = "quyết định ban hành quy chế làm việc của sở nội vụ"


def bodies(raw):
    return [part.body.of(raw) for part in leaves(parse_message(raw).root)]


@pytest.mark.parametrize("name", ["Subject", "To", "Message-ID", "Date", "Content-Type", "Reply-To"])
def test_26_a_field_that_stands_twice_is_told_and_the_first_is_shown(name):
    message = parse_message(f"{name}: text/plain; first\r\nX: 1\r\n{name}: text/html; last\r\n\r\nx".encode())
    told = [finding.evidence for finding in message.findings if finding.code == MessageCode.DUPLICATE_HEADER]
    assert told == [name.lower()]
    if name == "Subject":
        assert message.headers.subject == "text/plain; first"


@pytest.mark.parametrize("written", [str.encode, windows_1258, tcvn3, vni], ids=["utf-8", "cp1258", "tcvn3", "vni"])
def test_27_raw_letters_in_a_header_are_read_in_the_charset_that_spells_the_language(written):
    raw = b"From: " + written("sở nội vụ tỉnh hải dương") + b" <vt@x.vn>\r\nSubject: " + written(SUBJECT) + b"\r\n\r\nx"
    headers = parse_message(raw).headers
    assert headers.subject == SUBJECT
    assert (headers.from_[0].name, headers.from_[0].address) == ("sở nội vụ tỉnh hải dương", "vt@x.vn")


@pytest.mark.parametrize("charset", ["us-ascii", "iso-8859-1", "windows-1252", "x-none", "utf-8"])
def test_27_a_label_that_lies_does_not_spoil_the_subject(charset):
    word = b64encode(SUBJECT.encode()).decode()
    assert parse_message(f"Subject: =?{charset}?B?{word}?=\r\n\r\nx".encode()).headers.subject == SUBJECT


def test_31_a_subject_that_was_encoded_twice_is_decoded_twice():
    inner = b"=?UTF-8?B?" + b64encode(SUBJECT.encode()) + b"?="
    raw = b"Subject: =?UTF-8?B?" + b64encode(inner) + b"?=\r\n\r\nx"
    assert parse_message(raw).headers.subject == SUBJECT


def test_33_two_attachments_of_one_name_are_two_files():
    files, _ = opened(mixed(attachment(b"one", "a.txt"), attachment(b"two", "a.txt")))
    assert [(file.path, file.name, file.content) for file in files.values()] == [("1", "a.txt", b"one"), ("2", "a.txt", b"two")]


def test_35_the_document_inside_mails_inside_mails_is_found():
    raw = mixed(text("x"), attachment(PDF), boundary=b"b0")
    for depth in range(1, 4):
        raw = mixed(b"Content-Type: message/rfc822\r\n\r\n" + raw, boundary=b"b%d" % depth)
    files, findings = opened(raw)
    assert [file.path for file in files.values() if file.kind is FileKind.PDF] == ["1!1!1!2"]
    assert findings == ()


def test_37_boundaries_of_which_one_is_the_beginning_of_the_other_are_kept_apart():
    inner = mixed(text("1"), text("2"), head=b"", boundary=b"limit-in")
    assert bodies(mixed(inner, text("3"), boundary=b"limit")) == [b"1", b"2", b"3"]
    inner = mixed(text("1"), text("2"), head=b"", boundary=b"lim")
    assert bodies(mixed(inner, text("3"), boundary=b"limit")) == [b"1", b"2", b"3"]


def test_37_an_inner_multipart_with_the_boundary_of_the_outer_one_loses_no_part():
    inner = mixed(text("1"), text("2"), head=b"", boundary=b"limit")
    assert [body for body in bodies(mixed(inner, text("3"), boundary=b"limit")) if body] == [b"1", b"2", b"3"]
    assert MessageCode.DEFECT in codes(parse_message(mixed(inner, text("3"), boundary=b"limit")).findings)


@pytest.mark.parametrize(
    ("written", "content"),
    [
        (b64encode(PDF).rstrip(b"="), PDF),
        (b64encode(PDF)[:30] + b"\r\n\r\n  \t" + b64encode(PDF)[30:], PDF),
        (b64encode(PDF)[:30] + b"*" + b64encode(PDF)[30:], PDF),
        (b64encode(PDF[:10]) + b64encode(PDF[10:]), PDF),
        (b64encode(PDF) + b"\r\n\r\n-- \r\nmailing list", PDF),
        (b64encode(PDF).replace(b"+", b"-").replace(b"/", b"_"), PDF),
        (b"Kinh gui Van phong, xin xem tep kem theo nhe.", b"Kinh gui Van phong, xin xem tep kem theo nhe."),
    ],
    ids=["unpadded", "blank lines", "a stray sign", "padded pieces", "words behind", "alphabet of URLs", "never encoded"],
)
def test_38_base64_that_others_refuse_is_read(written, content):
    raw = mixed(b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + written)
    assert decode_part(raw, parse_message(raw).root.children[0]).startswith(content)


def test_38_quoted_printable_that_ends_in_a_soft_break_is_whole():
    raw = mixed(b"Content-Transfer-Encoding: quoted-printable\r\n\r\nS=E1=BB=9F=", text("x"))
    assert decode_part(raw, parse_message(raw).root.children[0]) == "Sở".encode()


def test_38_a_binary_part_keeps_every_byte():
    content = bytes(range(256)) + b"\r\n\x00\n\r"
    raw = mixed(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content)
    assert bodies(raw) == [content]


def yencoded(content, name=b"c\xc3\xb4ng v\xc4\x83n.pdf"):
    escaped = b"".join(
        b"=%c" % ((byte + 106) & 0xFF) if (byte + 42) & 0xFF in b"\x00\n\r=" else b"%c" % ((byte + 42) & 0xFF) for byte in content
    )
    lines = b"\r\n".join(escaped[at : at + 128] for at in range(0, len(escaped), 128))
    size = len(content)
    return b"=ybegin line=128 size=%d name=%s\r\n%s\r\n=yend size=%d\r\n" % (size, name, lines, size)


def test_38_a_yencoded_file_in_the_text_is_a_file():
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nKinh gui\r\n" + yencoded(PDF + bytes(range(256)))
    files, _ = opened(raw)
    assert files["1!công văn.pdf"].content == PDF + bytes(range(256))
    assert len(opened(raw.replace(b"=yend size=", b"=yend size=1"))[0]) == 1


@pytest.mark.parametrize(
    ("part", "code", "evidence"),
    [
        (
            b'Content-Type: message/partial; id="a@x"; number=2; total=3\r\n\r\nx',
            MessageCode.FRAGMENT,
            "id a@x, number 2, total 3",
        ),
        (
            b"Content-Type: message/external-body; access-type=URL; URL=http://x.vn/a\r\n\r\nContent-Type: a/b\r\n\r\n",
            MessageCode.BODY_ELSEWHERE,
            "access-type URL, url http://x.vn/a",
        ),
        (
            b"Content-Type: multipart/encrypted; boundary=e; protocol=application/pgp-encrypted\r\n\r\n--e\r\n\r\nx\r\n--e--",
            MessageCode.ENCRYPTED,
            "protocol application/pgp-encrypted",
        ),
        (b"Content-Type: text/plain\r\n\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ", MessageCode.ENCRYPTED, "PGP"),
        (
            b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + encodebytes(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + bytes(80)),
            MessageCode.ENCRYPTED,
            "S/MIME",
        ),
        (
            b'Content-Type: text/html\r\n\r\n<a download="a.pdf" href="data:application/pdf;base64,JVBERi0=">a</a>',
            MessageCode.FILE_IN_HTML,
            "application/pdf",
        ),
    ],
)
def test_39_40_41_what_a_mail_does_not_give_is_told(part, code, evidence):
    found = [finding for finding in parse_message(mixed(text("x"), part)).findings if finding.code == code]
    assert [(finding.place, finding.evidence) for finding in found] == [("part 2", evidence)]
    inside = opened(mixed(b"Content-Type: message/rfc822\r\n\r\n" + mixed(text("x"), part, boundary=b"in")))[1]
    assert code in codes(inside)


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Type: text/html\r\n\r\n<img src="data:image/png;base64,iVBO">',
        b"Content-Type: text/html\r\n\r\n<style>@font-face { src: url(data:application/font-woff;base64,d09G) }</style>",
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n",
    ],
)
def test_40_41_what_is_given_is_not_called_withheld(part):
    assert codes(parse_message(mixed(part)).findings) <= {MessageCode.BARE_LINE_ENDING}


def test_41_what_is_encrypted_or_signed_keeps_its_bytes():
    locked = (
        b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA \r\n-----END PGP MESSAGE-----"
    )
    raw = mixed(b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", locked, subtype=b"encrypted")
    part = parse_message(raw).root.children[1]
    assert raw[part.header.start : part.body.end] == locked


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        (b"", None),
        (b"Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"Date: Thu, 31 Dec 2099 23:59:59 +0700\r\n", datetime(2099, 12, 31, 16, 59, 59, tzinfo=UTC)),
        (b"Date: \xf0\x9f\x98\x80\r\n", None),
    ],
)
def test_44_mail_without_its_usual_fields_is_read(date, moment):
    raw = date + b"Content-Type: text/plain\r\n\r\nx"
    headers = parse_message(raw).headers
    assert (headers.sent_at, headers.message_id, headers.from_) == (moment, "", ())
    assert content_identity(raw, parse_message(raw))


def test_44_a_message_id_used_for_other_content_is_another_mail():
    one, other = mixed(attachment(PDF)), mixed(attachment(PDF + b"x"))
    assert content_identity(one, parse_message(one)) != content_identity(other, parse_message(other))


def test_46_nothing_of_a_script_or_a_form_is_in_the_text():
    seen = "<p>Kính gửi</p>".encode()
    html = seen + b"<script>alert(1)</script><style>p{}</style><img src=http://x/t.gif onerror=a()><form action=x>"
    raw = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html
    assert body_text(raw, parse_message(raw), 1000) == "Kính gửi"
