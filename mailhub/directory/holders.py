"""Whom a certificate names, comparable across renewals: a new certificate of a known holder is suggested, never taken.

Names are folded, for the first generation of the government's certificates is unaccented and the second is not (rules, 7.3).
"""

import re
from dataclasses import dataclass

from parsers.signatures.model import CertificateSummary
from storage.folding import fold

ORGANISATION = re.compile(r"Organization: (.*?)(?:[,;] [A-Z][\w ]*: |\Z)", re.DOTALL)
"""The organisation in a certificate's issuer as the report writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCertificate:
    """A certificate by its SHA-256 (hex), and whom it names; `holder` is empty where only the fingerprint is known."""

    sha256: str
    holder: str = ""
    emails: tuple[str, ...] = ()

    def may_be_of(self, emails: tuple[str, ...]) -> bool:
        """Whether the addresses of another certificate with the same holder do not speak against it."""
        return not (self.emails and emails) or bool(set(self.emails) & set(emails))


def named(certificate: CertificateSummary) -> NamedCertificate:
    """A certificate with its holder: name, organisation and the authority that says so, folded to one key.

    One without a name of its own is nobody's.
    """
    if not certificate.common_name.strip():
        return NamedCertificate(sha256=certificate.der_sha256)
    found = ORGANISATION.search(certificate.issuer)
    names = (certificate.common_name, certificate.organisation, found[1] if found else certificate.issuer)
    return NamedCertificate(
        sha256=certificate.der_sha256,
        holder="|".join(fold(name) for name in names),
        emails=tuple(email.casefold() for email in certificate.emails),
    )
