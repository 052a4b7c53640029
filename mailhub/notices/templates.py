"""The texts of notices: one template per kind and language, its first line the subject.

An office puts a file of the same name into its own folder to use it instead. The HTML part is made from the plain text, so
that both always say the same.
"""

import re
import unicodedata
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailhub.language import Language, Text
from mailhub.notices.errors import MissingFieldError, TemplateError
from mailhub.notices.kinds import NoticeContext, addressee_of, kind_of
from mailhub.notices.meeting_context import Slot
from mailhub.profiles.vn.printing import (
    printed_date,
    printed_matter,
    printed_moment,
    printed_span,
    printed_time,
    spoken_to_person,
)

LAYOUT = "layout.html.j2"

TEMPLATE_FAULTS = (
    TemplateRuntimeError,
    SecurityError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What an office's own template can do wrong while it is rendered."""

NAME_IN_MESSAGE = re.compile(r"'([^']+)'$|^'([^']+)' is undefined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One language's part of a notice; `blocks` are its paragraphs, each of one or more lines."""

    language: Language
    subject: str
    body: str

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """Paragraphs are divided by empty lines."""
        return tuple(tuple(block.split("\n")) for block in re.split(r"\n{2,}", self.body))


class Templates:
    """The built-in templates behind those of the office's folder, if it has any."""

    def __init__(self, folder: Path | None = None) -> None:
        builtin = PackageLoader("mailhub.profiles.vn", "notices")
        own = [FileSystemLoader(folder)] if folder is not None and folder.is_dir() else []
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, builtin]),
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name and name.endswith(".html.j2")),
            finalize=one_line,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._environment.filters.update(
            day=printed_date, clock=clock, iso=iso, matter=printed_matter, when=when, when_en=when_en
        )

    def section(self, context: NoticeContext, language: Language) -> Section:
        """The notice in one language; raises MissingFieldError where something it needs is empty or unknown."""
        name = f"{kind_of(context)}.{language.value}.j2"
        require_filled(context, name)
        values = {field.name: getattr(context, field.name) for field in fields(context)}
        text = self._render(name, {**values, "language": language.value})
        if not addressee_of(context).agency:
            text = spoken_to_person(text)
        subject, _, body = text.strip().partition("\n")
        if not subject.strip() or not body.strip():
            raise TemplateError(name, "the first line is the subject, the text follows after an empty line")
        return Section(language=language, subject=subject.strip(), body=tidy(body))

    def page(self, sections: tuple[Section, ...]) -> str:
        """The HTML part: the same sections, escaped."""
        return self._render(LAYOUT, {"sections": sections}).strip() + "\n"

    def _render(self, name: str, values: dict[str, object]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except UndefinedError as error:
            raise_missing(error, name)
        except TemplateNotFound as error:
            raise TemplateError(name, f"{error.name} is not there") from error
        except TemplateSyntaxError as error:
            raise TemplateError(error.name or name, f"line {error.lineno}: {error.message}") from error
        except TEMPLATE_FAULTS as error:
            raise TemplateError(name, str(error)) from error


def raise_missing(error: UndefinedError, template: str) -> NoReturn:
    """Name the field that a template asked for and no context has."""
    found = NAME_IN_MESSAGE.search(error.message or "")
    field = next((group for group in found.groups() if group), "") if found else ""
    raise MissingFieldError(field or str(error.message), template) from error


def require_filled(value: object, template: str, path: str = "") -> None:
    """Refuse a context in which a field without a default is empty."""
    if isinstance(value, Text) and not (value.vi.strip() and value.en.strip()):
        # A remedy may be empty, but not in one language only.
        if value.vi.strip() or value.en.strip() or not path.endswith(".remedy"):
            raise MissingFieldError(path, template)
        return
    if isinstance(value, tuple):
        for position, item in enumerate(value):
            require_filled(item, template, f"{path}.{position + 1}")
        return
    if not is_dataclass(value) or isinstance(value, Text):
        return
    for field in fields(value):
        inner, name = getattr(value, field.name), f"{path}.{field.name}".lstrip(".")
        needed = field.default is MISSING and field.default_factory is MISSING
        if needed and (inner == () or (isinstance(inner, str) and not inner.strip())):
            raise MissingFieldError(name, template)
        require_filled(inner, template, name)


def tidy(body: str) -> str:
    """One empty line between paragraphs, none at the ends, no blanks before a line's end."""
    lines = "\n".join(line.rstrip() for line in body.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)


def one_line(value: object) -> object:
    """Put a value on one line: what a sender wrote cannot add lines, controls or bidirectional overrides to our mail."""
    if not isinstance(value, str):
        return value
    return " ".join(
        "".join(
            " " if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else character for character in value
        ).split()
    )


def clock(value: datetime, zone: str, today: date | None = None) -> str:
    """The time in the unit's zone, with its date where that is not the day the text speaks of."""
    local = value.astimezone(ZoneInfo(zone))
    return printed_time(local) if local.date() == today else printed_moment(local)


def iso(value: date | datetime, zone: str = "UTC") -> str:
    """A date, or a moment in a zone, for English readers."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def when(slot: Slot, zone: str) -> str:
    """Hours and day of a meeting in the unit's zone, in words."""
    local = ZoneInfo(zone)
    return printed_span(slot.starts_at.astimezone(local), slot.ends_at.astimezone(local) if slot.ends_at else None)


def when_en(slot: Slot, zone: str) -> str:
    """Hours and day of a meeting for English readers."""
    starts = slot.starts_at.astimezone(ZoneInfo(zone))
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[starts.weekday()]
    until = f" to {slot.ends_at.astimezone(ZoneInfo(zone)):%H:%M}" if slot.ends_at else ""
    return f"{week}, {starts:%Y-%m-%d %H:%M}{until}"
