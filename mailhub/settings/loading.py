"""From `mailhub.toml` and the environment to frozen settings, or to the list of everything that is wrong with them."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from mailhub.settings.expecting import expectation, toml
from mailhub.settings.keys import ExpectationError, Mark, Section
from mailhub.settings.rules import broken_rules
from mailhub.settings.sections import Settings

FILE_NAME = "mailhub.toml"
ENVIRONMENT = "environment"
PREFIX = "MAILHUB_"

SECTIONS: Mapping[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}

FAMILIES: Mapping[str, type[Section]] = {
    name: get_args(field.annotation)[1] for name, field in Settings.model_fields.items() if len(get_args(field.annotation)) == 2
}
"""Sections of which there are any number, each with a name of its own: `[imap.vanthu]`."""

MEMBER_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong: `file` is a path or `environment`; `key` as in `smtp.port`, empty for the whole file."""

    file: str
    key: str
    text: Text


class SettingsError(RefusedError):
    """Everything that is wrong with a hub's settings, at once."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(Text(vi=self._listing(Language.VI), en=self._listing(Language.EN)))

    def _listing(self, language: Language) -> str:
        lines: list[str] = []
        for source, mistakes in groupby(sorted(self.mistakes, key=attrgetter("file")), key=attrgetter("file")):
            lines.append(f"{source}:")
            lines += [f"  {': '.join(filter(None, (mistake.key, mistake.text.in_(language))))}" for mistake in mistakes]
        return "\n".join(lines)


def load(home: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a hub.

    `MAILHUB_SECTION__KEY`, or `MAILHUB_IMAP__NAME__KEY`, in the environment overrides a secret. Raises SettingsError with
    every mistake there is.
    """
    home = home.absolute()
    reading = _Reading(home=home, file=str(home / FILE_NAME), tables=_read_tables(home / FILE_NAME))
    reading.take_secrets(environ)
    settings = reading.settings()
    if reading.mistakes:
        raise SettingsError(reading.mistakes)
    return settings


def _read_tables(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError as error:
        text = Text(
            vi=f"không có tệp này; tạo mới bằng: mailhub init {path.parent}",
            en=f"there is no such file; make a new hub with: mailhub init {path.parent}",
        )
        raise SettingsError([Mistake(file=str(path), key="", text=text)]) from error
    except OSError as error:
        text = Text(vi=f"không đọc được: {error.strerror}", en=f"cannot be read: {error.strerror}")
        raise SettingsError([Mistake(file=str(path), key="", text=text)]) from error
    except UnicodeDecodeError as error:
        text = Text(vi="cần văn bản mã UTF-8", en="expected text in UTF-8")
        raise SettingsError([Mistake(file=str(path), key="", text=text)]) from error
    except tomllib.TOMLDecodeError as error:
        text = Text(vi=f"không phải TOML: {error}", en=f"is not TOML: {error}")
        raise SettingsError([Mistake(file=str(path), key="", text=text)]) from error


@dataclass(kw_only=True)
class _Reading:
    """One pass over the file and the environment that goes on after each mistake."""

    home: Path
    file: str
    tables: dict[str, object]
    mistakes: list[Mistake] = field(default_factory=list)
    from_environment: set[str] = field(default_factory=set)

    def _wrong(self, section: str, key: str, text: Text) -> None:
        name = f"{section}.{key}" if key else section
        source = ENVIRONMENT if name in self.from_environment else self.file
        self.mistakes.append(Mistake(file=source, key=name, text=text))

    def take_secrets(self, environ: Mapping[str, str]) -> None:
        """Lay the secrets of the environment over the file; anything else there is a mistake."""
        for variable in sorted(environ):
            section, separator, key = variable.removeprefix(PREFIX).lower().partition("__")
            if not variable.startswith(PREFIX) or not separator:
                continue
            member, _, its_key = key.partition("__")
            if section in FAMILIES:
                key, table = its_key, self._member(section, member)
            else:
                table = self.tables.setdefault(section, {}) if _is_secret(section, key) else None
            if table is None or not _is_secret(section, key):
                self.mistakes.append(Mistake(file=ENVIRONMENT, key=variable, text=_NO_SECRET))
                continue
            section = f"{section}.{member}" if section in FAMILIES else section
            if isinstance(table, dict):
                table[key] = environ[variable]
                self.from_environment.add(f"{section}.{key}")

    def _member(self, family: str, name: str) -> object:
        """The table of a section with a name; None where the file has none: a secret alone makes no account."""
        table = self.tables.get(family)
        return table.get(name) if isinstance(table, dict) else None

    def settings(self) -> Settings:
        """Build the settings; where a value is wrong its default stands in, so that the other rules are still checked."""
        for name in self.tables.keys() - SECTIONS.keys() - FAMILIES.keys():
            self._wrong(name, "", _unknown(name, [*SECTIONS, *FAMILIES]))
        sections = {name: self._section(name, kind, self.tables.get(name, {})) for name, kind in SECTIONS.items()}
        families = {name: self._family(name, kind) for name, kind in FAMILIES.items()}
        settings = Settings.model_validate({"home": self.home, **sections, **families})
        known = {mistake.key for mistake in self.mistakes}
        for section, key, text in broken_rules(settings):
            if f"{section}.{key}" not in known:
                self._wrong(section, key, text)
        return settings

    def _family(self, family: str, kind: type[Section]) -> dict[str, Section]:
        tables = self.tables.get(family, {})
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            self._wrong(family, "", Text(vi=f"cần các mục [{family}.TÊN]", en=f"expected sections [{family}.NAME]"))
            return {}
        for name in tables:
            if not MEMBER_NAME.fullmatch(name):
                self._wrong(f"{family}.{name}", "", _MEMBER_NAME)
        return {name: self._section(f"{family}.{name}", kind, table) for name, table in tables.items()}

    def _section(self, name: str, kind: type[Section], table: object) -> Section:
        if not isinstance(table, dict):
            self._wrong(name, "", Text(vi=f"cần một mục [{name}]", en=f"expected a section [{name}]"))
            table = {}
        try:
            return kind.model_validate(table, context={"home": self.home})
        except ValidationError as error:
            errors = error.errors(include_url=False)
        for details in errors:
            key, text = _mistake(kind, details)
            self._wrong(name, key, text)
        wrong = {str(details["loc"][0]) for details in errors}
        good = {key: value for key, value in table.items() if key not in wrong}
        return kind.model_validate(good, context={"home": self.home})


_NO_SECRET = Text(
    vi=f"biến môi trường chỉ đặt được các khóa mật; các khóa khác đặt trong {FILE_NAME}",
    en=f"the environment sets secret keys only; set others in {FILE_NAME}",
)

_MEMBER_NAME = Text(
    vi="tên gồm chữ thường a-z, chữ số và dấu _ ở giữa, ví dụ vanthu", en="a name is of a-z, 0-9 and _ between, such as vanthu"
)


def _is_secret(section: str, key: str) -> bool:
    kind = {**SECTIONS, **FAMILIES}.get(section)
    field = kind.model_fields.get(key) if kind else None
    return field is not None and Mark.SECRET in field.metadata


def _mistake(kind: type[Section], details: ErrorDetails) -> tuple[str, Text]:
    """Key (with an index inside a list) and what was expected instead of the value."""
    key = str(details["loc"][0]) + "".join(f"[{index}]" for index in details["loc"][1:])
    if details["type"] == "extra_forbidden":
        return key, _unknown(key, kind.model_fields)
    field = kind.model_fields[str(details["loc"][0])]
    value = "***" if Mark.SECRET in field.metadata else toml(details["input"])
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, ExpectationError):
        return key, Text(vi=f"{value} – {cause.text.vi}", en=f"{value} – {cause.text.en}")
    expected = expectation(field)
    return key, Text(vi=f"{value} – cần {expected.vi}", en=f"{value} – expected {expected.en}")


def _unknown(name: str, known: Iterable[str]) -> Text:
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return Text(vi=f"không có khóa này; có phải là {near[0]}?", en=f"there is no such key; did you mean {near[0]}?")
    listed = ", ".join(known)
    return Text(vi=f"không có khóa này; các khóa có là: {listed}", en=f"there is no such key; there are: {listed}")
