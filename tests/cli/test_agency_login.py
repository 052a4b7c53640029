"""`mailhub agency login`."""

from io import StringIO

import pytest

from mailhub.hub import open_hub

PASSWORD = "a password of thirty characters"


def check(office, name, password):
    """What the door would answer."""
    hub = open_hub(office.home, {})
    try:
        return hub.logins.check(name, password)
    finally:
        hub.close()


def passwords_in(office):
    """Whether the registry or the log holds the password in the clear."""
    return [path.name for path in office.home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


def test_a_made_password_is_shown_once_and_works(office):
    made = office.json("agency", "login", "set", "H29.11", "stc")
    assert check(office, "STC", made["password"]) == "stc"
    assert check(office, "stc", made["password"] + "x") is None
    (listed,) = office.json("agency", "login", "list")
    assert (listed["name"], listed["agency"], "password" in listed) == ("stc", "Sở Tài chính", False)


def test_a_given_password_comes_from_the_input_and_stands_nowhere(office, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))
    made = office.json("agency", "login", "set", "H29.11", "stc", "--password", "stdin")
    assert made["password"] is None
    assert check(office, "stc", PASSWORD) == "stc"
    assert passwords_in(office) == []


def test_a_new_password_replaces_the_old_one(office):
    old = office.json("agency", "login", "set", "H29.11", "stc")["password"]
    new = office.json("agency", "login", "set", "H29.11", "stc", "--reason", "lost")["password"]
    assert (check(office, "stc", old), check(office, "stc", new)) == (None, "stc")


def test_a_removed_login_lets_nobody_in_and_is_given_to_no_other_agency(office):
    password = office.json("agency", "login", "set", "H29.11", "stc")["password"]
    office.done("agency", "login", "remove", "stc", "--reason", "leaked")
    assert check(office, "stc", password) is None
    assert office.json("agency", "login", "list") == []
    assert [login["name"] for login in office.json("agency", "login", "list", "--removed")] == ["stc"]
    office.done("agency", "add", "G17", "--name", "Sở Y tế")
    assert "another agency's" in office.refused("agency", "login", "set", "G17", "STC")
    assert "stc" in office.refused("agency", "login", "remove", "stc", "--reason", "again")
    assert office.json("agency", "login", "set", "H29.11", "stc")["name"] == "stc"


@pytest.mark.parametrize("name", ["", "sở", "a b", "a\x00", "a" * 65])
def test_a_name_that_no_client_could_give_is_refused(office, name):
    office.refused("agency", "login", "set", "H29.11", name)


@pytest.mark.parametrize("password", ["short", "", "x" * 257, "with a \x07 bell in it"])
def test_a_bad_password_is_refused(office, password, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(password + "\n"))
    office.refused("agency", "login", "set", "H29.11", "stc", "--password", "stdin")


def test_logins_do_not_stand_in_the_way_of_undoing_a_change(office):
    office.done("agency", "edit", "H29.11", "--alias", "STC")
    office.done("agency", "login", "set", "H29.11", "stc")
    assert office.json("agency", "undo", "H29.11", "--reason", "wrong")["aliases"] == []
