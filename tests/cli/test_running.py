import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.servers.waiting import free_port, until


def test_a_new_home_has_commented_settings_and_says_what_comes_next(shell):
    answer = shell.run("init", shell.home)
    assert answer.code == 0
    assert "unit add" in answer.err
    assert answer.out == ""
    assert "[smtp]" in (shell.home / "mailhub.toml").read_text()


def test_the_settings_speak_the_language_of_their_maker(shell):
    shell.done("init", shell.home, lang="vi")
    assert "Cửa SMTP" in (shell.home / "mailhub.toml").read_text()


def test_a_home_is_not_made_twice(shell):
    shell.done("init", shell.home)
    assert "is a hub already" in shell.refused("init", shell.home)


def test_mistakes_in_the_settings_are_listed_by_every_command(office):
    (office.home / "mailhub.toml").write_text("[smtp]\nport = 0\nprot = 1\n")
    sentence = office.refused("letter", "list")
    assert "smtp.port: 0 – expected a whole number from 1 to 65535" in sentence
    assert "smtp.prot" in sentence
    assert "cần một số nguyên từ 1 đến 65535" in office.refused("status", lang="vi")


def test_a_folder_that_is_no_hub_is_a_sentence(shell, tmp_path):
    assert "mailhub init" in shell.refused("status")


def test_without_a_home_the_sentence_says_how_to_name_one(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shell.environ["MAILHUB_HOME"] = ""
    assert "--home" in shell.refused("status")


def test_the_working_folder_is_the_home_where_it_is_one(office, monkeypatch):
    monkeypatch.chdir(office.home)
    office.environ["MAILHUB_HOME"] = ""
    assert office.json("status")["unit"] == "VPUB"


def test_home_may_be_named_before_the_noun_and_after_the_verb(office):
    home, office.environ["MAILHUB_HOME"] = office.home, "/nowhere"
    assert office.json("--home", home, "status")["unit"] == "VPUB"
    assert office.json("status", "--home", home)["unit"] == "VPUB"


def test_status_counts_what_waits(office, letter):
    status = office.json("status")
    assert (status["proposed"], status["unread"], status["next_numbers"]) == (1, 0, {"UBND": 1})
    assert "UBND 1" in office.done("status")


def test_an_older_schema_is_refused_until_the_upgrade(office):
    database = office.home / "mailhub.db"
    database.unlink()
    assert "mailhub upgrade" in office.refused("status")
    office.done("upgrade")
    assert "already" in office.run("upgrade").err


@pytest.fixture
def served(office):
    """A hub that is served by a process of its own."""
    port = free_port()
    (office.home / "mailhub.toml").write_text(f"[smtp]\nport = {port}\n")
    environ = {**os.environ, "MAILHUB_LANG": "en"}
    process = subprocess.Popen(
        [sys.executable, "-m", "mailhub", "--home", office.home, "serve"], stderr=subprocess.PIPE, text=True, env=environ
    )

    def answers():
        assert process.poll() is None, process.stderr.read()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "the hub to serve")
    yield process, port
    process.kill()
    process.wait()
    process.stderr.close()


def test_serve_says_what_is_missing_and_ends_cleanly_when_told_to(served):
    process, port = served
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 0
    assert "returns.legal_basis is empty" in said
    assert "Every notice will fail, even a receipt: fill in contact.name" in said
    assert "WARNING every notice will fail: contact.name or contact.phone is empty" in said
    assert f"serving port={port}" in said


def test_serving_on_a_taken_port_is_a_sentence(office):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (office.home / "mailhub.toml").write_text(f"[smtp]\nport = {taken.getsockname()[1]}\n")
        command = [sys.executable, "-m", "mailhub", "--home", office.home, "--lang", "en", "serve"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 1
    assert "[smtp]" in done.stderr
    assert "Traceback" not in done.stderr
