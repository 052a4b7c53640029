"""What a key of `mailhub.toml` is declared with: its type and limits, its marks, and its description in both languages."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from mailhub.language import Text

DATABASE_FILE = "mailhub.db"


class Mark(StrEnum):
    """What else is said about a key: a secret may come from the environment; a live one stands uncommented in a new file."""

    SECRET = "secret"  # noqa: S105  a word, no password
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a key expects, where its type and limits do not say it."""

    text: Text


class ExpectationError(ValueError):
    """A value is not what its key expects; `text` says what was expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def _in_home(path: Path, info: ValidationInfo) -> Path:
    """Relative paths are meant from the hub's home."""
    home = (info.context or {}).get("home", Path())
    return Path(home) / path.expanduser()


def _optional_in_home(path: Path | None, info: ValidationInfo) -> Path | None:
    """An empty path switches off what it names (an empty string reads as Path("."))."""
    return None if path is None or path == Path() else _in_home(path, info)


def database_url(url: str, info: ValidationInfo) -> str:
    """An empty URL is the SQLite file in the home."""
    if not url:
        return f"sqlite:///{_in_home(Path(DATABASE_FILE), info)}"
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ExpectationError(
        Text(
            vi="cần URL bắt đầu bằng sqlite:/// hoặc postgresql+psycopg://, hoặc để trống",
            en="expected a URL that begins with sqlite:/// or postgresql+psycopg://, or nothing",
        )
    )


def ip_address(value: str) -> str:
    """Name resolution at start-up would make the listening address depend on the network."""
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        raise ExpectationError(
            Text(vi="cần một địa chỉ IP, ví dụ 127.0.0.1", en="expected an IP address such as 127.0.0.1")
        ) from error
    return value


def networks(values: tuple[str, ...]) -> tuple[str, ...]:
    """Whose address is meant must be plain: no names, and no host bits behind a mask."""
    for value in values:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise ExpectationError(
                Text(
                    vi=f"{value!r} không phải là mạng; cần ví dụ 10.0.0.5 hoặc 10.0.0.0/24",
                    en=f"{value!r} is no network; expected such as 10.0.0.5 or 10.0.0.0/24",
                )
            ) from error
    return values


DOMAIN_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"

Port = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[int, Field(ge=1)]
DomainName = Annotated[
    str,
    Field(pattern=DOMAIN_PATTERN, max_length=253),
    Expected(Text(vi="một tên miền, ví dụ vpub.tinh.gov.vn", en="a domain name such as mail.example.org")),
]
Networks = Annotated[
    tuple[str, ...],
    Field(strict=False),
    AfterValidator(networks),
    Expected(Text(vi='một danh sách mạng, ví dụ ["10.0.0.0/24"]', en='a list of networks such as ["10.0.0.0/24"]')),
]
HomePath = Annotated[Path, Field(strict=False), AfterValidator(_in_home)]
OptionalPath = Annotated[Path | None, Field(strict=False), AfterValidator(_optional_in_home)]


class Section(BaseModel):
    """What all sections share: frozen, no unknown keys, no guessing between types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)
    about: ClassVar[Text]
