import re
import shlex
from pathlib import Path

import click
import pytest

from docs.generate import pages
from mailhub.cli.app import mailhub
from mailhub.policy.reasons import ReasonCode
from tests.cli.commands import all_commands

PAGES = pages()
ROOT = Path(__file__).parents[2]
WRITTEN = [path for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")) if path not in PAGES]
SHOWN = re.compile(r"`(mailhub [^`\n]+)`|^\$? ?(mailhub [^#\n]+)", re.MULTILINE)


def shown_commands(path):
    """Each command line with arguments that a page shows, as words."""
    for match in SHOWN.finditer(path.read_text(encoding="utf-8")):
        words = shlex.split(re.split(r" \| | > | && |  ", match[1] or match[2])[0])[1:]
        while words[:1] and words[0] in {"--home", "--unit", "--clerk"}:
            words = words[2:]
        yield words


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_generated_page_is_current(path):
    assert path.read_text(encoding="utf-8") == PAGES[path], "run: python docs/generate.py"


def test_every_command_is_on_the_page():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    verbs = [path for path, command in all_commands() if not hasattr(command, "commands")]
    assert len(verbs) > 40
    assert all(f"### mailhub {' '.join(path)}\n" in page for path in verbs)


@pytest.mark.parametrize("name", ["docs/reasons.md", "docs/vi/reasons.md"])
def test_every_reason_code_is_on_the_page(name):
    page = (ROOT / name).read_text(encoding="utf-8")
    assert all(f"| `{code}` |" in page for code in ReasonCode)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_shows_is_understood(path):
    for words in shown_commands(path):
        command, rest = mailhub, words
        while isinstance(command, click.Group) and rest:
            command, rest = command.get_command(click.Context(command), rest[0]), rest[1:]
            assert command is not None, words
        # A verb alone is named, not shown; one with arguments is to be typed as it stands.
        if rest and "…" not in rest and "..." not in rest:
            command.make_context("shown", rest).close()
