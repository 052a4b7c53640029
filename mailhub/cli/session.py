"""What one run of a command knows: the hub's home, the language, who acts for which unit."""

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailhub.cli.output import Export, Output
from mailhub.errors import RefusedError
from mailhub.language import Language, Text

if TYPE_CHECKING:
    from mailhub.directory.clerks import Acting
    from mailhub.hub import Hub
    from storage.records import Actor, Unit

SETTINGS_FILE = "mailhub.toml"


@dataclass(kw_only=True)
class Session:
    """One run of a command. Options set it while the line is parsed; the hub is opened when it is first asked for."""

    environ: Mapping[str, str]
    language: Language
    home_given: Path | None = None
    unit_given: str = ""
    clerk_given: str = ""
    json: bool = False
    tells_clerk: bool = True
    csv: str = ""
    xlsx: str = ""
    _hub: "Hub | None" = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        """The hub's folder: as given, else the working directory where it is one."""
        if self.home_given:
            return self.home_given
        if home := self.environ.get("MAILHUB_HOME"):
            return Path(home)
        if Path(SETTINGS_FILE).exists():
            return Path.cwd()
        raise RefusedError(
            Text(
                vi="chưa biết thư mục của hệ thống: dùng --home DIR hoặc biến MAILHUB_HOME; tạo mới bằng mailhub init DIR",
                en="which hub? Use --home DIR or set MAILHUB_HOME; make a new one with mailhub init DIR",
            )
        )

    @property
    def hub(self) -> "Hub":
        """The opened hub; closed when the command ends."""
        if self._hub is None:
            # Databases and settings are heavy to import; help must not pay for them.
            from mailhub.hub import open_hub

            self._hub = open_hub(self.home)
            click.get_current_context().call_on_close(self._hub.close)
        return self._hub

    @property
    def unit(self) -> "Unit":
        """The unit that is acted for: as given, else the only one there is."""
        return self.hub.served_units.unit(self.unit_given or self.environ.get("MAILHUB_UNIT", ""))

    @property
    def export(self) -> Export | None:
        """The file that takes the table; more than one form at once is a usage error."""
        chosen = [name for name, given in (("--json", self.json), ("--csv", self.csv), ("--xlsx", self.xlsx)) if given]
        if len(chosen) > 1:
            text = Text(vi=f"chọn một trong {', '.join(chosen)}", en=f"choose one of {', '.join(chosen)}")
            raise click.UsageError(text.in_(self.language), click.get_current_context(silent=True))
        path = self.xlsx or self.csv
        return Export(path=path, workbook=bool(self.xlsx)) if path else None

    @property
    def output(self) -> Output:
        """How results are shown; times are those of this machine."""
        return Output(language=self.language, json=self.json, export=self.export)

    @property
    def hub_output(self) -> Output:
        """How results of the hub as a whole are shown: with the local times of its first unit."""
        units = self.hub.served_units.units()
        return self._output(ZoneInfo(units[0].time_zone) if units else None)

    @property
    def unit_output(self) -> Output:
        """How results are shown, with the unit's local times."""
        return self._output(ZoneInfo(self.unit.time_zone))

    def _output(self, zone: ZoneInfo | None) -> Output:
        return Output(language=self.language, json=self.json, zone=zone, export=self.export)

    @property
    def clerk_named(self) -> str:
        """Who acts, as the command line says: as given, else the login name."""
        return self.clerk_given or self.environ.get("MAILHUB_CLERK", "") or getpass.getuser()

    @property
    def clerk(self) -> str:
        """Who acts for the unit: by the registered name, where it is a registered clerk."""
        return self.hub.clerks.acting(self.unit.id, self.clerk_named).name

    @property
    def actor(self) -> "Actor":
        """The clerk acting for the unit, who is told once under which name."""
        from storage.records import Actor

        acting = self.hub.clerks.acting(self.unit.id, self.clerk_named)
        if self.tells_clerk:
            self.tells_clerk = False
            self._tell(acting)
        return Actor(unit_id=self.unit.id, name=acting.name, via="cli")

    def _tell(self, acting: "Acting") -> None:
        self.output.say(Text(vi=f"Người làm: {acting.name}", en=f"Acting: {acting.name}"))
        if acting.known and acting.clerk is None:
            known = ", ".join(f"{clerk.code} ({clerk.name})" for clerk in acting.known)
            self.output.say(
                Text(
                    vi=f"Chú ý: {acting.name!r} không có trong danh sách văn thư; đang có: {known}. Chọn bằng --clerk.",
                    en=f"Warning: {acting.name!r} is no registered clerk; there are: {known}. Choose with --clerk.",
                )
            )

    @property
    def hub_actor(self) -> "Actor":
        """The clerk acting on the hub itself: its units, its trust set."""
        from storage.records import Actor

        return Actor(unit_id=None, name=self.clerk_named, via="cli")


def new_session(arguments: Sequence[str], environ: Mapping[str, str]) -> Session:
    """The session of one command line."""
    return Session(environ=environ, language=chosen_language(arguments, environ))


def chosen_language(arguments: Sequence[str], environ: Mapping[str, str]) -> Language:
    """`--lang` anywhere on the line, else MAILHUB_LANG, LC_ALL, LC_MESSAGES or LANG; Vietnamese where none says English.

    The line is looked at before it is parsed, because help and usage errors also speak the chosen language.
    """
    for position, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            return _language(value or "".join(arguments[position + 1 : position + 2]))
    for variable in ("MAILHUB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(variable):
            return _language(environ[variable])
    return Language.VI


def _language(value: str) -> Language:
    return Language.EN if value.lower().startswith("en") else Language.VI


pass_session = click.make_pass_decorator(Session)
