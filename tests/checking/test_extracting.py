"""A file is taken out of a mail by the path under which it was read, however deep and in whatever container it lies."""

import gzip
from datetime import UTC, datetime

import pytest

from mailhub import codec
from mailhub.checking.jobs import ExtractJob, MailJob
from mailhub.checking.reader import extract_job, read_mail
from parsers.errors import ParseError
from parsers.files.model import ContainerLimits
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.files.compound import attached, outlook_file
from tests.parsers.files.test_rar import file_5, rar_5
from tests.parsers.files.test_seven_zip import seven_zip
from tests.parsers.files.test_signed_data import signed_data
from tests.parsers.files.test_tar_archives import tar_of
from tests.parsers.files.winmail import a_file, a_property, text_property, winmail
from tests.parsers.mails import attachment, mixed, text, zip_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DEEP = zip_of({"thư mục/danh sách.csv": b"deep"})
INNER = winmail(a_file("DANHSA~1.CSV", b"inner", text_property(0x3707, "danh sách.csv")))
FILES = {
    "a.zip": (zip_of({"in.7z": seven_zip({"x.csv": b"7z", "deep.zip": DEEP})}), "in.7z!deep.zip!thư mục/danh sách.csv", b"deep"),
    "winmail.dat": (winmail(a_file("in", None, a_property(0x3701, 0x0D, b"\0" * 16 + INNER))), "in!danh sách.csv", b"inner"),
    "thư.msg": (outlook_file(attachments=(attached("in.eml", mixed(attachment(b"eml", "a.csv"))),)), "in.eml!1", b"eml"),
    "a.rar": (rar_5(file_5("a.csv", b"rar")), "a.csv", b"rar"),
    "a.tar.gz": (gzip.compress(tar_of({"a.csv": b"tar"})), "a.tar!a.csv", b"tar"),
    "a.csv.p7m": (signed_data(b"signed"), "a.csv", b"signed"),
}
RAW = mixed(text("Kính gửi"), *[attachment(content, f"{n}{name}", "") for n, (name, (content, _, _)) in enumerate(FILES.items())])
JOB = MailJob(return_path="", received_at=NOW, now=NOW, trust=TrustSnapshot())


def extracted(path, **limits):
    return extract_job(codec.encode(ExtractJob(path=path, limits=ContainerLimits(**limits))), RAW)


def test_every_file_of_a_reading_is_taken_out_as_it_was_read():
    reading = read_mail(RAW, JOB)
    assert len(reading.files) > 2 * len(FILES)
    for file in reading.files:
        assert len(extracted(file.path)) == file.size


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_found_in_every_kind_of_container(name):
    content, path, inside = FILES[name]
    part = 2 + list(FILES).index(name)
    renamed = {"a.tar.gz": path.replace("a.tar", "4a.tar"), "a.csv.p7m": f"5{path}"}.get(name, path)
    assert extracted(str(part)) == content
    assert extracted(f"{part}!{renamed}") == inside


def test_limits_are_those_of_the_reading():
    with pytest.raises(ParseError):
        extracted("2!in.7z!deep.zip!thư mục/danh sách.csv", depth=2)


def test_the_words_of_a_mail_in_an_envelope_are_its_text():
    raw = mixed(attachment(winmail(properties=[text_property(0x1000, "Kính gửi Văn phòng")]), "winmail.dat"))
    assert read_mail(raw, JOB).mail.text == "Kính gửi Văn phòng"
