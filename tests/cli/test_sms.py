import io
import sys


def test_a_text_is_priced_with_and_without_diacritics_and_without_a_hub(shell):
    plain, accented = shell.json("sms", "check", "Hoãn họp “GM 226” ở phòng 201")
    assert (plain["form"], plain["alphabet"], plain["segments"]) == ("without-diacritics", "gsm-7", 1)
    assert (plain["text"], plain["units"], plain["dear"]) == ('Hoan hop "GM 226" o phong 201', 29, "")
    assert (accented["alphabet"], accented["dear"]) == ("ucs-2", "ãọở")
    assert not shell.home.exists()


def test_a_long_text_shows_what_diacritics_cost(shell):
    plain, accented = shell.json("sms", "check", "Kính mời đồng chí dự họp. " * 5)
    assert (plain["segments"], accented["segments"]) == (1, 2)


def test_a_text_may_come_from_a_file(shell, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Dời họp\n".encode()), encoding="utf-8"))
    assert shell.json("sms", "check", "-")[0]["text"] == "Doi hop"


def test_a_person_sees_a_table(shell):
    said = shell.done("sms", "check", "Dời họp", lang="vi")
    assert "Số phần" in said
    assert "không dấu" in said
