import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mailhub
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.settings import SettingsError, load, reference, write_default
from mailhub.settings.describing import default_file
from mailhub.settings.keys import Mark
from mailhub.settings.loading import FAMILIES, SECTIONS
from parsers.signatures.limits import SignatureLimits

BAD_SETTINGS = sorted((Path(__file__).parent / "bad_settings").glob("*.toml"))


def home_with(tmp_path, text):
    (tmp_path / "mailhub.toml").write_text(text, encoding="utf-8")
    return tmp_path


def mistakes_of(home, environ=None):
    with pytest.raises(SettingsError) as caught:
        load(home, environ or {})
    return [(mistake.key, mistake.text.en) for mistake in caught.value.mistakes]


@pytest.mark.parametrize("language", Language)
def test_the_default_file_works_as_it_is(tmp_path, language):
    write_default(tmp_path, language)
    settings = load(tmp_path, {})
    assert settings.storage.database == f"sqlite:///{tmp_path}/mailhub.db"
    assert settings.smtp.listen == "127.0.0.1"


def test_the_default_file_with_every_key_uncommented_says_the_same(tmp_path):
    write_default(tmp_path)
    before = load(tmp_path, {})
    text = (tmp_path / "mailhub.toml").read_text()
    lines = [line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.splitlines()]
    keys = tomllib.loads("\n".join(lines))
    assert {name: set(table) for name, table in keys.items()} == {name: set(kind.model_fields) for name, kind in SECTIONS.items()}
    assert load(home_with(tmp_path, "\n".join(lines)), {}) == before


def test_the_default_file_is_for_its_owner_only(tmp_path):
    assert write_default(tmp_path).stat().st_mode & 0o077 == 0


def test_an_existing_file_is_not_overwritten(tmp_path):
    home_with(tmp_path, "[smtp]\nport = 2525\n")
    with pytest.raises(RefusedError, match="exists already"):
        write_default(tmp_path)
    assert load(tmp_path, {}).smtp.port == 2525


@pytest.mark.parametrize("path", BAD_SETTINGS, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_its_key_and_what_was_expected(tmp_path, path):
    text = path.read_text()
    expected = text.splitlines()[0].removeprefix("# expect: ")
    home = home_with(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(home, {})
    assert str(home / "mailhub.toml") in str(caught.value)
    assert expected.removeprefix(": ") in str(caught.value)
    assert len(caught.value.mistakes) == 1
    assert caught.value.in_(Language.VI) != caught.value.in_(Language.EN)


def test_all_mistakes_are_listed_at_once(tmp_path):
    home = home_with(tmp_path, '[smtp]\nport = 0\nprot = 1\n[outbox]\nrelay = "smtp"\n[reader]\nseconds = 500\n[x]\n')
    keys = {key for key, _ in mistakes_of(home)}
    assert keys == {"smtp.port", "smtp.prot", "outbox.host", "worker.lease_seconds", "x"}


def test_a_rule_is_silent_about_a_key_that_is_wrong_already(tmp_path):
    home = home_with(tmp_path, '[outbox]\nrelay = "smtp"\nhost = 3\n')
    assert [key for key, _ in mistakes_of(home)] == ["outbox.host"]


def test_a_missing_file_names_the_command_that_makes_one(tmp_path):
    [(_, text)] = mistakes_of(tmp_path / "nowhere")
    assert "mailhub init" in text


def test_text_in_another_encoding_is_named(tmp_path):
    (tmp_path / "mailhub.toml").write_bytes("[contact]\nname = 'Hải'".encode("utf-16"))
    assert mistakes_of(tmp_path) == [("", "expected text in UTF-8")]


def test_the_environment_sets_a_secret(tmp_path):
    home = home_with(tmp_path, '[outbox]\nuser = "vanthu"\n')
    settings = load(home, {"MAILHUB_OUTBOX__PASSWORD": "hush", "MAILHUB_HOME": "/x", "PATH": "/bin"})
    assert settings.outbox.password == "hush"


ACCOUNT = """[imap.vanthu]
host = "mail.tinh.gov.vn"
user = "vanthu"
recipient = "vanthu@tinh.gov.vn"
"""


def test_there_may_be_any_number_of_mailboxes_each_with_a_secret_of_its_own(tmp_path):
    home = home_with(
        tmp_path, ACCOUNT + ACCOUNT.replace("[imap.vanthu]", "[imap.mot_cua]") + 'token_command = ["/bin/token", "-u"]\n'
    )
    settings = load(home, {"MAILHUB_IMAP__VANTHU__PASSWORD": "hush"})
    assert settings.imap["vanthu"].secrets == ("password",)
    assert settings.imap["mot_cua"].token_command == ("/bin/token", "-u")
    assert settings.imap["mot_cua"].taken == "Đã tiếp nhận"
    assert "hush" not in repr(settings)


def test_the_environment_makes_no_mailbox_and_sets_nothing_but_its_secret(tmp_path):
    home = home_with(tmp_path, ACCOUNT + 'password_file = "secret"\n')
    for variable in ("MAILHUB_IMAP__VANTU__PASSWORD", "MAILHUB_IMAP__VANTHU__HOST", "MAILHUB_IMAP__PASSWORD"):
        assert [key for key, _ in mistakes_of(home, {variable: "x"})] == [variable]
    [(key, text)] = mistakes_of(home, {"MAILHUB_IMAP__VANTHU__PASSWORD": "x"})
    assert key == "imap.vanthu.password"
    assert "given: password, password_file" in text


def test_every_mistake_in_a_mailbox_is_listed_under_its_name(tmp_path):
    home = home_with(tmp_path, '[imap.vanthu]\nprot = 1\nport = 0\ntaken = "INBOX"\nsince = "mai"\n[imap.Phong_VT]\n[x]\n')
    keys = {key for key, _ in mistakes_of(home)}
    own = {f"imap.vanthu.{key}" for key in ("prot", "port", "taken", "since", "host", "user", "recipient", "password")}
    other = {f"imap.Phong_VT.{key}" for key in ("host", "user", "recipient", "password")}
    assert keys == own | other | {"imap.Phong_VT", "x"}
    for table in ("imap = 3", "[imap]\nport = 5"):
        assert mistakes_of(home_with(tmp_path, table)) == [("imap", "expected sections [imap.NAME]")]


def test_the_example_of_a_mailbox_in_the_default_file_works_once_it_is_filled_in(tmp_path):
    lines = default_file(Language.VI).splitlines()
    start = lines.index("# [imap.vanthu]")
    example = "\n".join(line.removeprefix("# ") for line in lines[start:])
    filled = example.replace('host = ""', 'host = "h"').replace('user = ""', 'user = "u"')
    filled = filled.replace('recipient = ""', 'recipient = "a@b"').replace('password = ""', 'password = "p"')
    account = load(home_with(tmp_path, filled), {}).imap["vanthu"]
    assert (account.mode, account.folders, account.ca_file) == ("move", ("INBOX",), None)


@pytest.mark.parametrize("variable", ["MAILHUB_SMTP__PORT", "MAILHUB_OUTBOX__PASSWROD", "MAILHUB_NOWHERE__PASSWORD"])
def test_the_environment_sets_nothing_but_secrets(tmp_path, variable):
    write_default(tmp_path)
    [(key, text)] = mistakes_of(tmp_path, {variable: "1"})
    assert key == variable
    assert "secret" in text


def test_secrets_show_neither_in_a_repr_nor_in_a_mistake(tmp_path):
    home = home_with(
        tmp_path, '[outbox]\nuser = "a"\npassword = "hush"\n[storage]\ndatabase = "postgresql+psycopg://a:hush@b/c"\n'
    )
    assert "hush" not in repr(load(home, {}))
    home_with(tmp_path, '[outbox]\nuser = "a"\npassword = ["hush"]\n[storage]\ndatabase = "mysql://a:hush@b/c"\n')
    assert "hush" not in str(mistakes_of(home))


def test_relative_paths_are_meant_from_the_home(tmp_path):
    home = home_with(tmp_path, '[folder]\npath = "drop"\nrecipient = "a@b.vn"\n[storage]\nblobs = "/srv/blobs"\n')
    settings = load(home, {})
    assert settings.folder.path == tmp_path / "drop"
    assert settings.storage.blobs == Path("/srv/blobs")
    assert settings.smtp.tls_key is None


def test_settings_cannot_be_changed_afterwards(tmp_path):
    write_default(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path, {}).smtp.port = 25


@given(st.binary(max_size=200) | st.text(alphabet='[]="smtp.port\n#{}1e_', max_size=60).map(str.encode))
def test_any_file_gives_settings_or_a_list_of_mistakes(tmp_path_factory, content):
    home = tmp_path_factory.mktemp("home")
    (home / "mailhub.toml").write_bytes(content)
    with suppress(SettingsError):
        assert load(home, {}).home == home


@given(
    st.dictionaries(
        st.sampled_from([*SECTIONS, "x"]),
        st.dictionaries(
            st.sampled_from(["port", "path", "relay", "languages", "y"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers()),
        ),
    )
)
def test_any_values_give_settings_or_a_list_of_mistakes(tables):
    from mailhub.settings.loading import _Reading

    reading = _Reading(home=Path("/home"), file="f", tables={name: dict(table) for name, table in tables.items()})
    settings = reading.settings()
    assert settings.home == Path("/home")
    assert all(mistake.text.vi and mistake.text.en for mistake in reading.mistakes)


@pytest.mark.parametrize("language", Language)
def test_every_key_is_documented_in_both_languages(language):
    text = default_file(language) + reference(language)
    assert all(f"`{key}`" in text for kind in [*SECTIONS.values(), *FAMILIES.values()] for key in kind.model_fields)


def test_every_key_is_read_by_the_program():
    """A key that nothing reads would promise what does not happen."""
    package = Path(mailhub.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.parent.name != "settings")
    behind = {
        "size_limit_mib": "size_limit",
        "digest_minutes": "digest_after",
        "window_seconds": "window",
        "length_minutes": "length",
        "freshness_days": "freshness",
        **dict.fromkeys(("archive_depth", "archive_files", "archive_mib", "archive_file_mib", "archive_ratio"), "limits"),
        **dict.fromkeys(SECTIONS["signatures"].model_fields.keys() - SECTIONS["reader"].model_fields.keys(), "limits"),
    }
    keys = {key for kind in [*SECTIONS.values(), *FAMILIES.values()] for key in kind.model_fields}
    assert {key for key in keys if f".{behind.get(key, key)}" not in source} == set()


def test_what_a_mail_may_unpack_to_fits_into_the_memory_of_its_reader(tmp_path):
    home = home_with(tmp_path, "[reader]\nmemory_mib = 400\narchive_mib = 300\narchive_depth = 3\n")
    limits = load(home, {}).reader.limits
    assert (limits.total_bytes, limits.depth) == (100 << 20, 3)


def test_secrets_are_the_keys_that_hold_passwords():
    secret = {
        f"{name}.{key}"
        for name, kind in SECTIONS.items()
        for key, field in kind.model_fields.items()
        if Mark.SECRET in field.metadata
    }
    passwords = {"outbox.password", "sms.twilio_token", "sms.smpp_password"}
    signing = {"system_password", "system_pin", "seal_password", "seal_pin", "tsa_password"}
    keys = {f"signing.{key}" for key in signing}
    assert secret == {"storage.database", "bucket.key_id", "bucket.secret", *passwords, *keys}


def test_a_new_hub_names_what_it_needs_before_it_may_return_by_machine(tmp_path):
    write_default(tmp_path)
    assert load(tmp_path, {}).not_ready_to_return() == ("returns.legal_basis", "contact.name", "contact.phone")
    home_with(tmp_path, '[returns]\nlegal_basis = "QĐ 12"\n[contact]\nname = "Lan"\nphone = "0901"\n')
    assert load(tmp_path, {}).not_ready_to_return() == ()


def test_the_default_limits_of_signatures_are_those_of_the_parser():
    assert SECTIONS["signatures"]().limits == SignatureLimits()


def test_every_limit_of_signatures_reaches_the_parser():
    fields = SECTIONS["signatures"].model_fields
    for key in fields:
        changed = SECTIONS["signatures"](**{key: fields[key].default + 1}).limits
        assert changed != SignatureLimits(), key
