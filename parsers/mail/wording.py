"""Lists of phrases as they are written down: one a line."""

import re


def any_of(lines: str) -> re.Pattern[str]:
    """A pattern that finds any of the phrases, each a regular expression on a line of its own, in any case of letters."""
    return re.compile("|".join(line.strip() for line in lines.splitlines() if line.strip()), re.IGNORECASE)
