"""Signatures of mails: over which bytes, over how much of the mail, and whether by its sender."""

import base64
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub import codec
from mailhub.checking.jobs import FileJob, MailJob
from mailhub.checking.reader import read_file, read_mail
from parsers.mail.message import parse_message
from parsers.signatures.beside import beside_of
from parsers.signatures.check import check
from parsers.signatures.model import Indication, Reason, SubIndication
from parsers.signatures.smime import mail_signatures
from tests.parsers.signatures.oracles import needs
from tests.pki import xml_documents
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.pki.messages import HEADER, PART, CmsSigning, message, multipart_signed, opaque_signed

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
PKI = make_pki()
SIGNER = CmsSigning(identity=PKI.person)
SIGNATURE = message(None, SIGNER, over=PART)


def reading(raw: bytes):
    return read_mail(raw, MailJob(return_path="", received_at=NOW + DAY, now=NOW + DAY, trust=PKI.trust))


def signatures(raw: bytes):
    """Every signature of a mail, with the path of the file that holds it."""
    return [(file.path, report) for file in reading(raw).files for report in file.signatures.signatures]


def only(raw: bytes):
    ((_, report),) = signatures(raw)
    return report


def attached(raw: bytes, name: str, media_type: str) -> bytes:
    """One attachment, as a part with its boundary line."""
    head = f'--b0\r\nContent-Type: {media_type}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(raw) + b"\r\n"


def mixed(*parts: bytes) -> bytes:
    return HEADER + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + b"".join(parts) + b"--b0--\r\n"


def inner(raw: bytes) -> bytes:
    """A whole mail as one part of another, without the fields of its header that are the mail's."""
    return b"--b0\r\n" + raw.removeprefix(HEADER) + b"\r\n"


class TestPartOfAMail:
    def test_a_signed_mail_passes_and_is_its_senders(self):
        report = only(multipart_signed(PART, SIGNATURE))

        assert (report.format, report.indication) == ("S/MIME", PASSED)
        assert (report.whole_message, report.from_matches) == (True, True)
        assert report.reasons == (Reason.NO_REVOCATION_DATA, Reason.NO_TIMESTAMP)

    def test_line_ends_changed_on_the_way_do_not_matter(self):
        assert only(multipart_signed(PART, SIGNATURE).replace(b"\r\n", b"\n")).indication is PASSED

    def test_bytes_signed_with_bare_line_feeds_are_taken_as_they_stand(self):
        part = PART.replace(b"\r\n", b"\n")
        raw = multipart_signed(part, message(None, SIGNER, over=part))

        assert only(raw).indication is PASSED

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b"nhan dan", b"nhan  dan"), (b"text/plain", b"text/html"), (b"charset=utf-8", b"charset=utf-7")],
        ids=["text", "type", "charset"],
    )
    def test_a_changed_part_fails(self, old, new):
        raw = multipart_signed(PART.replace(old, new), SIGNATURE)
        report = only(raw)

        assert (report.indication, report.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)

    def test_content_inside_a_signature_over_a_part_is_refused(self):
        report = only(multipart_signed(PART, message(PART, SIGNER)))

        assert (report.indication, report.sub_indication) == (FAILED, SubIndication.FORMAT_FAILURE)

    def test_a_signature_over_one_of_several_parts_says_so(self):
        signed = multipart_signed(PART, SIGNATURE)
        report = only(mixed(inner(signed), attached(b"%PDF-1.4", "other.pdf", "application/pdf")))

        assert (report.indication, report.whole_message) == (PASSED, False)
        assert Reason.PART_OF_MESSAGE in report.reasons

    def test_a_third_part_is_signed_by_nobody(self):
        more = b"\r\n--b1\r\nContent-Type: text/plain\r\n\r\nTra tien vao tai khoan khac.\r\n"
        report = only(multipart_signed(PART, SIGNATURE, more=more))

        assert (report.indication, report.whole_message) == (PASSED, False)

    def test_another_kind_of_signature_is_none_of_ours(self):
        raw = multipart_signed(PART, b"-----BEGIN PGP SIGNATURE-----\r\n").replace(b"pkcs7-signature", b"pgp-signature")

        assert signatures(raw) == []

    def test_what_is_no_signature_at_all_is_not_called_unsigned(self):
        found = {file.path: file.signatures for file in reading(multipart_signed(PART, SIGNATURE[:40])).files}

        assert (found["2"].indication, found["2"].seen) == (OPEN, 1)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'boundary="b1"', b'boundary="b1"; boundary="b2"'),
            (b'boundary="b1"', b"boundary=\"b1\"; boundary*=us-ascii''b2"),
            (b"MIME-Version", b"Content-Type : text/html\r\nMIME-Version"),
        ],
        ids=["boundary", "encoded boundary", "type"],
    )
    def test_a_mail_that_is_another_to_some_readers_is_not_signed_as_a_whole(self, old, new):
        mail = multipart_signed(PART, SIGNATURE)
        found = signatures(mail.replace(old, new, 1))

        assert all(report.whole_message is not True for _, report in found)


class TestSender:
    @pytest.mark.parametrize(
        ("sender", "matches"),
        [
            (b"nguoiky@mau.example", True),
            (b"Nguyen Van Mau <NguoiKy@Mau.example>", True),
            (b"nguoiky@mau.example <nguoiky@mau.example>", True),
            (b"giamdoc@mau.example", False),
            (b"nguoiky@mau.example, giamdoc@mau.example", False),
            (b'"giamdoc@mau.example" <nguoiky@mau.example>', False),
            (b"", False),
        ],
        ids=["address", "name and address", "own address as name", "another", "two", "another as name", "none"],
    )
    def test_from_has_to_be_the_one_address_of_the_signer(self, sender, matches):
        header = HEADER.replace(b"Nguyen Van Mau <nguoiky@mau.example>", sender)
        report = only(multipart_signed(PART, SIGNATURE, header=header))

        assert (report.indication, report.from_matches) == (PASSED, matches)
        assert (Reason.FROM_MISMATCH in report.reasons) is not matches

    def test_two_from_fields_are_nobodys(self):
        report = only(multipart_signed(PART, SIGNATURE, header=b"From: giamdoc@mau.example\r\n" + HEADER))

        assert report.from_matches is False


class TestWrapped:
    def test_a_mail_that_is_one_signature_passes(self):
        report = only(opaque_signed(message(PART, SIGNER)))

        assert (report.format, report.indication) == ("S/MIME", PASSED)
        assert (report.whole_message, report.from_matches) == (True, True)

    def test_one_part_of_several_says_so(self):
        report = only(mixed(inner(opaque_signed(message(PART, SIGNER))), attached(b"x", "a.bin", "application/x-a")))

        assert (report.indication, report.whole_message) == (PASSED, False)

    def test_signatures_wrapped_in_one_another_are_each_of_the_whole_mail(self):
        part = multipart_signed(PART, SIGNATURE).removeprefix(HEADER)
        found = signatures(opaque_signed(message(part, SIGNER)))

        assert [path for path, _ in found] == ["1", "1!2"]
        assert all((report.whole_message, report.from_matches) == (True, True) for _, report in found)
        assert all(report.indication is PASSED for _, report in found)

    def test_an_encrypted_mail_is_not_called_unsigned(self):
        body = bytes.fromhex("300f06092a864886f70d010703a002300f")
        files = reading(opaque_signed(body)).files

        assert [(file.signatures.indication, file.signatures.reasons) for file in files] == [(OPEN, (Reason.ENCRYPTED,))]


class TestDocumentsInAMail:
    def test_a_signed_document_that_is_attached_is_about_itself(self):
        pdf = letter()
        raw = mixed(attached(message(pdf, SIGNER), "letter.pdf.p7m", "application/pkcs7-mime"))
        files = {file.path: file for file in reading(raw).files}
        found = files["1"].signatures

        assert [report.format for report in found.signatures] == ["CAdES"]
        assert found.signatures[0].whole_message is None
        assert found.covers == (files["1!letter.pdf"].sha256,)

    @pytest.mark.parametrize(("declared", "expected"), [("text/xml", PASSED), ("Text/HTML; charset=utf-8", OPEN)])
    def test_a_signed_form_that_the_mail_calls_a_page_is_left_to_a_person(self, declared, expected):
        form = xml_documents.sign(xml_documents.LETTER, xml_documents.XmlSigning(identity=PKI.person))
        (found,) = [file for file in reading(mixed(attached(form, "to-khai.xml", declared))).files if file.kind.value == "xml"]

        assert found.signatures.indication is expected

    def test_a_signature_finds_its_document_among_the_files_of_the_mail(self):
        pdf = letter()
        p7s = attached(message(None, SIGNER, over=pdf), "other-name.p7s", "application/pkcs7-signature")
        found = [one.signatures for one in reading(mixed(p7s, attached(pdf, "letter.pdf", "application/pdf"))).files]

        assert [one.indication for one in found] == [PASSED, None]

    def test_a_signature_over_a_part_and_one_in_it_are_told_apart(self):
        signed = sign(letter(), Signing(identity=PKI.organisation))
        part = b"Content-Type: application/pdf; name=letter.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        part += base64.encodebytes(signed).replace(b"\n", b"\r\n")
        found = signatures(multipart_signed(part, message(None, SIGNER, over=part)))

        assert [(path, report.format) for path, report in found] == [("1", "PAdES"), ("2", "S/MIME")]
        assert [report.indication for _, report in found] == [PASSED, PASSED]

    def test_files_of_one_call_are_beside_one_another_as_those_of_a_mail(self):
        pdf = letter()
        beside = (beside_of("letter.pdf", pdf),)
        job = FileJob(name="x.p7s", is_mail=False, now=NOW + DAY, trust=PKI.trust, beside=beside)
        signature = message(None, SIGNER, over=pdf)
        (file,) = read_file(signature, codec.decode(codec.encode(job), FileJob)).files

        assert file.signatures.indication is PASSED


class TestAttachedMails:
    def test_an_attached_mail_is_judged_by_its_own_sender(self):
        header = HEADER.replace(b"nguoiky@mau.example", b"vanthu@mau.example")
        signed = multipart_signed(PART, SIGNATURE)
        part = b"--b0\r\nContent-Type: message/rfc822\r\n\r\n" + signed + b"\r\n"
        raw = header + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + part + b"--b0--\r\n"
        ((path, report),) = signatures(raw)

        assert (path, report.indication) == ("1!2", PASSED)
        assert (report.whole_message, report.from_matches) == (True, True)

    def test_a_mail_kept_as_a_file_gives_the_same(self):
        raw = multipart_signed(PART, SIGNATURE)
        job = FileJob(name="x.eml", is_mail=True, now=NOW + DAY, trust=PKI.trust)

        kept = [file.signatures for file in read_file(raw, job).files]
        assert kept == [file.signatures for file in reading(raw).files]

    def test_a_mail_that_nobody_opened_is_checked_as_it_stands(self):
        found = check(multipart_signed(PART, SIGNATURE), "x.txt", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)

        assert (found.format, found.indication) == ("S/MIME", PASSED)
        assert [report.field for report in found.signatures] == ["2/1"]
        assert (found.signatures[0].whole_message, found.signatures[0].from_matches) == (None, None)

    def test_a_document_that_openssl_has_given_a_header_is_checked_as_it_stands(self):
        found = check(opaque_signed(message(b"Kinh gui", SIGNER)), "x.p7m", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)

        assert (found.indication, [report.format for report in found.signatures]) == (PASSED, ["CAdES"])


class TestReplays:
    """Somebody's old signed mail, brought by a stranger in every place but that of a mail."""

    OLD = multipart_signed(PART, SIGNATURE)
    WRAPPED_OLD = opaque_signed(message(PART, SIGNER))

    @pytest.mark.parametrize("old", [OLD, WRAPPED_OLD], ids=["beside its part", "around it"])
    @pytest.mark.parametrize(
        "brought",
        [
            lambda old: mixed(attached(old, "thu.txt", "text/plain")),
            lambda old: mixed(attached(old, "thu.p7m", "application/pkcs7-mime")),
            lambda old: mixed(attached(old, "thu.dat", "application/octet-stream")),
            lambda old: HEADER + b"Content-Type: text/plain\r\n\r\n" + old,
            lambda old: HEADER.rstrip() + b"\r\n\r\n" + old,
            lambda old: mixed(inner(old), attached(b"x", "a.txt", "text/plain")),
        ],
        ids=["text", "message", "bytes", "body", "body without type", "part"],
    )
    def test_an_old_mail_answers_for_no_new_one(self, old, brought):
        for _, report in signatures(brought(old)):
            assert report.whole_message is not True

    def test_another_senders_mail_in_a_signature_is_nobodys(self):
        other = CmsSigning(identity=PKI.organisation)
        header = HEADER.replace(b"nguoiky@mau.example", b"giamdoc@mau.example")
        found = dict(signatures(opaque_signed(message(self.OLD, other), header=header)))

        assert found["1!2"].indication is PASSED
        assert found["1!2"].from_matches is False


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_what_is_taken_as_signed_is_what_stands_between_the_boundaries(head, body):
    part = b"X: " + head.replace(b"\n", b"").replace(b"\r", b"") + b"\r\n\r\n" + body.replace(b"--b1", b"")
    raw = multipart_signed(part, SIGNATURE)
    (place,) = mail_signatures(raw, parse_message(raw), ()).values()

    assert place.signed == part


@given(st.binary(max_size=400))
def test_no_mail_is_too_strange_to_look_for_its_signatures(content):
    for raw in (content, HEADER + content, multipart_signed(content, SIGNATURE)):
        mail_signatures(raw, parse_message(raw), ())


@needs("openssl")
@pytest.mark.parametrize("options", [(), ("-nodetach",), ("-stream",), ("-nodetach", "-stream", "-indef")])
def test_what_openssl_signs_passes(tmp_path, options):
    from cryptography.hazmat.primitives import serialization

    key = PKI.person.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "signer.pem").write_bytes(key + PKI.person.certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "part").write_bytes(PART)
    # The clock of the program is ahead of the test's, so only the time of receipt can be after the signing.
    command = ["openssl", "cms", "-sign", "-signer", "signer.pem", "-in", "part", *options]
    signed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    report = only(b"From: nguoiky@mau.example\n" + signed)

    assert (report.indication, report.from_matches, report.whole_message) == (PASSED, True, True)
