"""The readable text of HTML, in one pass and linear time; mark-up is dropped, never interpreted."""

import html
import re

_HIDDEN = ("script", "style", "head", "title", "noscript", "template")
_CLOSING = {name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE) for name in _HIDDEN}
_MARKUP = re.compile(r"<(?=[!?]|/?[a-zA-Z])")
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_BREAK_NAMES = "br p div tr li ul ol table h1 h2 h3 h4 h5 h6 blockquote hr section article header footer dt dd"
_BREAKS = frozenset(_BREAK_NAMES.split())
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINE_ENDS = re.compile(r" ?\n ?")


def html_text(source: str) -> str:
    """Text that a person would see; block elements end a line."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    position = 0
    while opening := _MARKUP.search(source, position):
        pieces.append(source[position : opening.start()])
        piece, position = _skip_markup(source, opening.start(), unclosed)
        pieces.append(piece)
    pieces.append(source[position:])
    return _tidy(html.unescape("".join(pieces)))


def _skip_markup(source: str, opening: int, unclosed: set[str]) -> tuple[str, int]:
    """What a piece of mark-up leaves in the text, and the offset behind it."""
    if source.startswith("<!--", opening):
        return "", _behind(source, "-->", opening + 4)
    tag = _TAG_NAME.match(source, opening)
    if tag is None:
        return "", _behind(source, ">", opening)
    name = tag[2].lower()
    if name in _HIDDEN and not tag[1] and name not in unclosed:
        closing = _CLOSING[name].search(source, opening)
        if closing:
            return " ", closing.end()
        # An unclosed element must not swallow the mail: only its tag is dropped, and its end is not looked for again.
        unclosed.add(name)
    piece = "\n" if name in _BREAKS else "\t" if name in {"td", "th"} else ""
    return piece, _behind(source, ">", opening)


def _behind(source: str, mark: str, start: int) -> int:
    found = source.find(mark, start)
    return len(source) if found == -1 else found + len(mark)


def _tidy(text: str) -> str:
    lines = _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
