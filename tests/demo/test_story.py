import fcntl
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mailhub.cli.app import mailhub
from mailhub.demo.acts import ACTS
from mailhub.demo.scenes import SCENES
from mailhub.demo.story import fresh_folder, tell
from mailhub.errors import RefusedError
from mailhub.language import Language
from tests.building import ROOT, build_wheel
from tests.servers.serving import environment

pytestmark = pytest.mark.timeout(900)

DECEMBER = """\
from mailhub.working_days import WorkingDays
WorkingDays.unsettled_years = lambda self, now: (now.year + 1,)
"""
"""Python runs this first: the hub of the demo warns its operator, as each hub does until the next year's days off are known."""


@pytest.fixture(scope="module")
def told(tmp_path_factory, worker_id) -> tuple[subprocess.CompletedProcess, Path]:
    """The whole demo in a process of its own, from the wheel's files, outside the checkout; once for all workers of the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            done = tell_from_wheel(folder)
            (folder / "done").write_text(json.dumps([done.args, done.returncode, done.stdout, done.stderr]))
    return subprocess.CompletedProcess(*json.loads((folder / "done").read_text())), folder / "elsewhere" / "hub"


def tell_from_wheel(folder: Path) -> subprocess.CompletedProcess:
    with zipfile.ZipFile(build_wheel(folder)) as wheel:
        wheel.extractall(folder / "installed")
    (folder / "installed" / "sitecustomize.py").write_text(DECEMBER)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "mailhub", "--lang", "en", "demo", "--keep", "hub"]
    environ = environment() | {"PYTHONPATH": str(folder / "installed")}
    return subprocess.run(command, cwd=elsewhere, env=environ, capture_output=True, text=True, check=False, timeout=800)


def test_every_outcome_is_as_expected_and_the_demo_says_so(told):
    done, _ = told
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every outcome as expected" in done.stdout


def test_every_mail_has_one_line_with_its_outcome(told):
    lines = re.findall(r"^ ?(\d+)  (.{34}) ([A-Z]+(?: [A-Z]+)?) +(.+)$", told[0].stdout, re.MULTILINE)
    assert [int(number) for number, *_ in lines] == list(range(1, len(SCENES) + len(ACTS) + 1))
    assert [outcome for *_, outcome, _ in lines] == [
        "FILED",
        "REPEAT",
        "RETURNED",
        "RETURNED",
        "RETURNED",
        "HELD",
        "SEALED",
        "HELD",
        "FILED",
        "HELD",
        "IGNORED",
        "WAITS",
        "PAIRED",
        "PAIRED",
        "FILED",
        "RETURNED",
        "NOT SENT",
        "CONVENED",
        "REACHED",
        "MOVED",
        "POSTPONED",
    ]


def test_stderr_says_whom_to_call_and_the_audits_word_and_no_colour_goes_into_a_pipe(told):
    to_call, log = told[0].stderr.splitlines()
    assert to_call == "CALL 1."
    assert log.startswith("The log is whole")
    assert "\x1b[" not in told[0].stdout


def test_the_readme_shows_what_the_demo_prints(told):
    readme = (ROOT / "README.md").read_text()
    lines = [line.rstrip() for line in told[0].stdout.splitlines() if re.match(r"[ \d]\d  \S", line)]
    assert len(lines) == len(SCENES) + len(ACTS)
    assert not [line for line in lines if line not in readme]


def test_the_kept_home_goes_on_with_the_commands_of_the_clerk(told, capsys):
    home = str(told[1])
    assert mailhub.run(["--home", home, "--lang", "en", "register", "show", "4818"], {}) == 0
    assert "226/STC-NS" in capsys.readouterr().out
    assert mailhub.run(["--home", home, "--lang", "en", "audit", "verify"], {}) == 0


def test_the_secret_letter_leaves_no_trace_in_the_home(told):
    needles = [text.encode() for text in ("12/BC-TTT", "12_BC-TTT", "thinhbq@", "Kết quả xác minh")]
    files = [file for file in told[1].rglob("*") if file.is_file()]
    assert files
    assert not [(file, needle) for file in files for needle in needles if needle in file.read_bytes()]


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RefusedError, match="not empty"):
        tell(tmp_path, Language.EN)


def test_an_empty_or_missing_folder_is_taken(tmp_path):
    assert fresh_folder(tmp_path) == tmp_path
    assert fresh_folder(tmp_path / "new") == tmp_path / "new"
