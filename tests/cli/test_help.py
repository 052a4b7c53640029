import os
import re
import shlex
import subprocess
import sys

import click
import pytest

from mailhub.cli.app import CHAPTERS, ENTRIES, mailhub
from mailhub.cli.bilingual import Command, Described, Option, first_sentence
from mailhub.cli.session import chosen_language
from mailhub.language import Language
from tests.cli.commands import all_commands

COMMANDS = all_commands()
VERBS = [(path, command) for path, command in COMMANDS if isinstance(command, Command)]
HEAVY = (
    "sqlalchemy",
    "alembic",
    "pydantic",
    "rich",
    "pyhanko",
    "cryptography",
    "aiosmtpd",
    "msgspec",
    "asyncio",
    "phonenumbers",
    "xlsxwriter",
)


def names(pairs):
    return [" ".join(path) or "mailhub" for path, _ in pairs]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=names(COMMANDS))
def test_every_command_has_help_in_both_languages(shell, path, command, language):
    answer = shell.run(*path, "--help", lang=language.value)
    assert answer.code == 0
    usage = {Language.VI: "Cách dùng:", Language.EN: "Usage:"}[language]
    assert answer.out.startswith(f"{usage} mailhub {' '.join(path)}".rstrip())
    assert answer.err == ""


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=names(COMMANDS))
def test_what_a_command_does_is_told_in_two_languages(path, command):
    assert isinstance(command, Described)
    assert command.about.vi != command.about.en
    assert command.about.vi.endswith(".")
    assert command.about.en.endswith(".")


@pytest.mark.parametrize(("path", "command"), VERBS, ids=names(VERBS))
def test_every_command_has_an_example_that_can_be_parsed(path, command):
    assert command.examples
    for example in command.examples:
        line = re.split(r" \| | > | && ", example)[0]
        words = shlex.split(line.replace("--home hub ", ""))
        assert tuple(words[: len(path) + 1]) == ("mailhub", *path)
        command.make_context("example", words[len(path) + 1 :]).close()


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=names(COMMANDS))
def test_every_option_is_described_in_both_languages(path, command):
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert isinstance(parameter, Option)
            assert parameter.about.vi != parameter.about.en


@pytest.mark.parametrize(("path", "command"), VERBS, ids=names(VERBS))
def test_commands_that_show_data_can_show_it_as_json(path, command):
    acts = {
        ("demo",),
        ("init",),
        ("serve",),
        ("upgrade",),
        ("trust", "remove"),
        ("register", "export"),
        ("official", "export"),
        ("agency", "export"),
        ("submission", "retry"),
        ("submission", "dismiss"),
        ("submission", "restore"),
        ("paper", "slip"),
        ("letter", "unseal"),
        ("letter", "purge"),
    }
    has_json = any("--json" in parameter.opts for parameter in command.params)
    assert has_json != (path in acts)


def test_the_roots_lines_say_what_the_commands_say():
    for name, entry in ENTRIES.items():
        command = mailhub.get_command(click.Context(mailhub), name)
        assert command.name == name
        assert entry.line.vi
        assert entry.line.en


def test_the_root_shows_every_chapter(shell):
    out = shell.done("--help", lang="vi")
    assert all(chapter.title.vi in out for chapter in CHAPTERS)
    assert all(f"  {name} " in out for name in ENTRIES)


def test_without_a_command_the_help_is_shown(shell):
    assert shell.run().out == shell.run("--help").out


@pytest.mark.parametrize("arguments", [("--help",), *((noun, "--help") for noun in ENTRIES)], ids=" ".join)
def test_help_imports_nothing_heavy(arguments):
    script = (
        "import sys; from mailhub.cli.app import mailhub; "
        f"code = mailhub.run({list(arguments)!r}, {{}}, 'mailhub'); "
        f"print(code, sorted(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={**os.environ, "LANG": "C.UTF-8"}
    )
    assert done.stderr.strip() == "0 []"


LOOKING = "mailhub.hub, mailhub.letter_views, mailhub.submission_views, mailhub.registers, mailhub.directory.served"
DECIDING = ("mailhub.deciding", "mailhub.reception", "mailhub.notices", "parsers.mail", "cryptography", "jinja2", "phonenumbers")
VERIFYING = "mailhub.cli.verdicts, mailhub.cli.verdict_lines, mailhub.cli.given_trust"


@pytest.mark.parametrize(("modules", "needless"), [(LOOKING, DECIDING), (VERIFYING, ("sqlalchemy", "storage.records"))])
def test_commands_import_nothing_that_only_others_need(modules, needless):
    script = f"import sys, {modules}; print([name for name in {needless!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "environ", "language"),
    [
        ((), {}, Language.VI),
        ((), {"LANG": "en_GB.UTF-8"}, Language.EN),
        ((), {"LANG": "vi_VN.UTF-8"}, Language.VI),
        ((), {"LANG": "C.UTF-8"}, Language.VI),
        ((), {"LANG": "en_US", "LC_ALL": "vi_VN"}, Language.VI),
        ((), {"LANG": "en_US", "MAILHUB_LANG": "vi"}, Language.VI),
        (("letter", "list", "--lang", "en"), {"LANG": "vi_VN"}, Language.EN),
        (("--lang=en", "letter", "list"), {}, Language.EN),
        (("--help", "--lang", "en"), {}, Language.EN),
        (("--lang",), {"LANG": "en_GB"}, Language.VI),
    ],
)
def test_the_language_is_the_option_then_the_environment(arguments, environ, language):
    assert chosen_language(arguments, environ) is language


def test_an_unknown_language_is_a_usage_error(shell):
    answer = shell.run("letter", "list", "--lang", "fr")
    assert answer.code == 2
    assert "--lang" in answer.err


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        (("lettter",), "không có lệnh lettter; có phải là letter?", "there is no command lettter; did you mean letter?"),
        (("letter", "fil"), "không có lệnh fil; có phải là file?", "there is no command fil; did you mean file?"),
        (("letter", "list", "--stat", "x"), "không có tùy chọn --stat", "there is no option --stat"),
        (("letter", "show"), "thiếu LETTER", "missing LETTER"),
        (("letter", "hold", "h1"), "thiếu --reason", "missing --reason"),
        (("letter", "list", "--state", "gone"), "'gone': cần một trong waiting", "'gone': expected one of waiting"),
        (("letter", "list", "--limit", "0"), "cần một số nguyên từ 1", "expected a whole number from 1 up"),
        (("register", "list", "--from", "32/1/2024"), "cần một ngày như", "expected a day such as"),
    ],
)
def test_a_usage_error_is_a_sentence_in_the_chosen_language(shell, arguments, vi, en):
    for language, sentence in (("vi", vi), ("en", en)):
        answer = shell.run(*arguments, lang=language)
        assert answer.code == 2
        assert sentence in answer.err
        assert "--help" in answer.err
        assert answer.out == ""


@pytest.mark.parametrize(("text", "first"), [("One. Two.", "One."), ("One", "One"), ("A 1.5 b. C.", "A 1.5 b.")])
def test_a_list_shows_the_first_sentence(text, first):
    assert first_sentence(text) == first


@pytest.mark.parametrize(("path", "command"), VERBS, ids=names(VERBS))
def test_every_list_can_be_had_as_a_file(path, command):
    if path[-1] in {"list", "search"}:
        assert {"--csv", "--xlsx"} <= {name for parameter in command.params for name in parameter.opts}
