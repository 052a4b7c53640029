"""Records of the directory."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An office that this hub serves. `time_zone` is an IANA name; `register` is the code of its default register."""

    id: int
    code: str
    name: str
    time_zone: str
    register: str
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """A unit before it has an id."""

    code: str
    name: str
    time_zone: str
    register: str
    addresses: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyCode:
    """A code of an agency, old or new form, with its validity; mail under a closed code belongs to the successor."""

    code: str
    valid_from: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyDraft:
    """An outside correspondent before it has an id. `kind` and `mode` are words of the application's policy."""

    codes: tuple[AgencyCode, ...]
    name: str
    kind: str
    mode: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as the directory holds it for one unit; `mode` is that unit's standing with it."""

    id: int
    codes: tuple[AgencyCode, ...]
    name: str
    kind: str
    mode: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    successor_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateTie:
    """A certificate tied to an agency by a clerk (first use asks).

    `kind` is the clerk's word on whether it names a person or the organisation, `unknown` where the clerk said nothing.
    `holder` is whom it names as one key, empty where only its fingerprint was given.
    """

    certificate_sha256: str
    agency_id: int
    agency_name: str
    kind: str = "unknown"
    holder: str = ""
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLogin:
    """A name under which an agency logs in at the SMTP door. A removed one stays known: old mail came under it."""

    name: str
    agency_id: int
    agency_name: str
    set_at: datetime
    removed_at: datetime | None = None
