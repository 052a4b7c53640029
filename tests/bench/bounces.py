"""What is understood of the delivery failures in the shared corpora, which nobody here wrote.

Printed are the shares of mails that are recognised as an answer of a mail system (the aim is at least 97 %), of reports that tell
whose mail it was and why, and of those that say which message they are about. Then the other way round: which ordinary mails
of the corpora are taken for reports, to be judged by a reader. An envelope that the file does not tell is taken for a null one.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from parsers.mail.answers import AutomaticKind, AutomaticMail, Fate
from parsers.mail.automatic import read_automatic
from parsers.mail.header_fields import read_header_block
from parsers.mail.message import MessageLimits, parse_message
from tests.conftest import CORPORA

REPORTS = CORPORA / "mail" / "bounces"
OTHERS = (CORPORA / "mail" / "stalwart", CORPORA / "mail" / "mikel")


def main() -> None:
    """Print the shares and the names of what was not understood."""
    if not REPORTS.is_dir():
        sys.exit(f"there is no {REPORTS}")
    found = dict(read_all(REPORTS))
    known = {name: mail for name, mail in found.items() if mail is not None}
    reports = {name: mail for name, mail in known.items() if mail.kind is AutomaticKind.DELIVERY_REPORT}
    named = {name for name, mail in reports.items() if any(fate.recipient for fate in mail.fates)}
    explained = {name for name, mail in reports.items() if any(fate.status for fate in mail.fates)}
    about = {name for name, mail in reports.items() if mail.about}
    share("recognised as an answer of a mail system", len(known), len(found), set(found) - set(known))
    print("  " + ", ".join(f"{kind.value} {count}" for kind, count in Counter(mail.kind for mail in known.values()).items()))
    fates = Counter(fate.fate for mail in reports.values() for fate in mail.fates)
    print("  " + ", ".join(f"{fate.value} {fates[fate]}" for fate in Fate))
    share("reports with the recipient", len(named), len(reports), set(reports) - named)
    share("reports with a status", len(explained), len(reports), set(reports) - explained)
    share("reports that say which message", len(about), len(reports), set())
    others = [(name, mail) for folder in OTHERS for name, mail in read_all(folder)]
    taken = [f"{name} ({mail.kind.value})" for name, mail in others if mail is not None]
    share("other mails taken for an answer", len(taken), len(others), set(taken))


def read_all(folder: Path) -> Iterator[tuple[str, AutomaticMail | None]]:
    """Each mail of a folder and what it answers."""
    for path in sorted(folder.rglob("*.eml")):
        raw = path.read_bytes()
        yield path.name, read_automatic(raw, parse_message(raw), return_path_of(raw))


def return_path_of(raw: bytes) -> str:
    """The envelope's sender as the last server wrote it down."""
    message = parse_message(raw)
    value = read_header_block(raw, message.root.header, MessageLimits(), "message").first("return-path") or b""
    return value.decode("latin_1").strip().strip("<>")


def share(what: str, some: int, of_all: int, missing: set[str]) -> None:
    """One line of the result, and what is missing from it."""
    print(f"{what}: {some} of {of_all} = {100 * some / max(of_all, 1):.1f} %")
    if missing:
        print("  " + ", ".join(sorted(missing)))


if __name__ == "__main__":
    main()
