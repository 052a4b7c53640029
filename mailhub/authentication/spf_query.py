"""pyspf's evaluation of a record, with what it leaves out of RFC 7208. Imported only where senders are checked."""

import re
from typing import Final

import spf

MOST_PTR_NAMES: Final = 10
LONGEST_NAME: Final = 253

_STARTS_MACRO = re.compile(r"%(?:%|_|-|([^%]*))")
_MACRO = re.compile(r"\{[A-Za-z](?P<digits>[0-9]*)r?[.\-+,/_=]*\}", re.IGNORECASE)


class SpfQuery(spf.query):  # type: ignore[misc]
    """One evaluation. What differs from pyspf 2.0.14 stands at each method, with the section of RFC 7208."""

    def __init__(self, *, address: str, local: str, domain: str, helo: str) -> None:
        """`local` is empty where the sender has none; `domain` is that of the return path, or the HELO name."""
        sender = f"{local or 'postmaster'}@{domain}"
        super().__init__(i=address, s=sender, h=helo, strict=True)
        # It cuts at the first @, which a quoted local part may hold.
        self.l, self.o, self.d = local or "postmaster", domain, domain

    def get_explanation(self, _spec: str) -> None:
        """A stranger's words of explanation are not asked for."""

    def validated_ptrs(self) -> list[str]:
        """Names of the client that lead back to it; DNS that fails here is no match (5.5), where pyspf gives up."""
        try:
            names = self.dns_ptr(self.i)[:MOST_PTR_NAMES]
        except spf.TempError:
            return []
        return [name for name in names if self._leads_back(name)]

    def _leads_back(self, name: str) -> bool:
        try:
            return bool(self.cidrmatch(self.dns_a(name, self.A), self.cidrmax))
        except spf.TempError:
            return False

    def expand(self, s: str, stripdot: bool = True) -> str:  # noqa: FBT001, FBT002  pyspf's signature
        """A macro string; the digits of a macro must not be zero (7.3), and a long name loses labels until it is none (7.3)."""
        for found in _STARTS_MACRO.finditer(s):
            macro = _MACRO.match(found[1]) if found[1] is not None else None
            if found[1] is not None and (macro is None or macro["digits"].strip("0") == "" != macro["digits"]):
                raise spf.PermError("invalid-macro-char", found[0][:40])
        result = str(super().expand(s, stripdot))
        while stripdot and len(result) > LONGEST_NAME and "." in result:
            result = result.partition(".")[2]
        return result
