"""What an office says of an agency, and decisions go by."""

from enum import StrEnum


class AgencyKind(StrEnum):
    """Citizens and enterprises are exempt from signature and e-copy rules."""

    STATE = "state"
    PARTY = "party"
    SUPERIOR = "superior"
    ENTERPRISE = "enterprise"
    CITIZEN = "citizen"


class Mode(StrEnum):
    """Whether green letters and provable returns of an agency go by themselves or wait for a clerk."""

    PROPOSE = "propose"
    AUTO = "auto"
