"""The commands about revocation data and cases, from the command line to the registry and back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhub.cli.app import mailhub
from tests.revocation.conftest import CLERK, Office
from tests.revocation.test_rechecking import filed, lenient
from tests.revocation.test_store import write

__all__ = ["lenient"]

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(office: Office, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the office's home; gives its exit code and what it printed."""

    def run_(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        environ = {"MAILHUB_HOME": str(office.hub.home), "MAILHUB_CLERK": "lan"}
        code = mailhub.run(["--lang", "en", *arguments], environ)
        printed = capfd.readouterr()
        return code, printed.out + printed.err

    return run_


def test_data_are_imported_listed_and_checked(office: Office, run: Run, tmp_path: Path):
    office.bring()
    code, printed = run("trust", "revocation", "check")
    assert code == 1
    assert "MISSING" in printed
    paths = [str(path) for path in write(tmp_path, office.laboratory, "issuing", "root")]
    assert run("trust", "revocation", "import", *paths)[0] == 0
    code, printed = run("trust", "revocation", "list", "--json")
    assert {item["kind"] for item in json.loads(printed)} == {"crl"}


def test_a_file_that_is_no_list_is_refused_with_its_reason(run: Run, tmp_path: Path):
    (tmp_path / "bad.crl").write_bytes(b"nothing")
    code, printed = run("trust", "revocation", "import", str(tmp_path))
    assert code == 1
    assert "neither a revocation list nor an OCSP answer" in printed


def test_a_file_that_is_not_there_keeps_no_other_out(office: Office, run: Run, tmp_path: Path):
    (good,) = write(tmp_path, office.laboratory, "issuing")
    code, printed = run("trust", "revocation", "import", str(tmp_path / "none.crl"), str(good))
    assert code == 1
    assert "cannot be read" in printed
    assert len(office.hub.revocation.list_()) == 1


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path):
    code, printed = run("trust", "revocation", "import", str(tmp_path / "none.crl"))
    assert code == 1
    assert "cannot be read" in printed


def test_addresses_are_fetched_on_demand_and_what_failed_is_shown(office: Office, run: Run):
    office.bring()
    with office.laboratory.answering("/lab/crls/issuing/latest.crl", office.laboratory.manners.says(b"", status=500)):
        code, printed = run("trust", "revocation", "fetch", "--now", "--json")
    assert code == 75
    told = {item["address"]: item["last_error"] for item in json.loads(printed)}
    assert told[office.laboratory.crl_url()] == "the server answered 500"
    code, printed = run("intake", "status", "--json")
    assert [item["address"] for item in json.loads(printed)["fetching"]] == [office.laboratory.crl_url()]


def test_fetching_without_a_list_of_hosts_is_refused_with_what_to_do(office: Office, run: Run):
    settings = office.hub.home / "mailhub.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(f'hosts = ["{office.laboratory.host}"]', ""), encoding="utf-8"
    )
    code, printed = run("trust", "revocation", "fetch")
    assert code == 1
    assert "fill in revocation.hosts" in printed


def test_a_case_is_shown_wherever_the_letter_is_and_settled(lenient: Office, run: Run, tmp_path: Path):
    number = filed(lenient, "revoked")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()
    assert "CASES TO DECIDE 1" in run("letter", "list")[1]
    assert json.loads(run("letter", "list", "--all", "--json")[1].partition("CASES")[0])[0]["open_cases"] == 1
    assert "CASE OPEN" in run("letter", "show", f"h{number}")[1]
    assert "Lê Văn Mất Thẻ" in run("letter", "explain", f"h{number}")[1]
    assert json.loads(run("status", "--json")[1])["cases"] == 1
    assert json.loads(run("desk", "--json")[1])["cases"][0]["letter"] == f"h{number}"

    (case,) = json.loads(run("case", "list", "--state", "open", "--json")[1])
    assert case["letter"] == f"h{number}"
    assert run("case", "settle", str(case["id"]), "--reason", "signed anew")[0] == 0
    assert json.loads(run("case", "list", "--state", "open", "--json")[1]) == []
    assert run("case", "settle", str(case["id"]), "--reason", "again")[0] == 1
    assert run("case", "reopen", str(case["id"]), "--reason", "by mistake")[0] == 0
