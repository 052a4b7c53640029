from pathlib import Path

import pytest

from docs.generate import pages
from mailhub.policy.reasons import ReasonCode
from tests.cli.commands import all_commands

PAGES = pages()
ROOT = Path(__file__).parents[2]


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
