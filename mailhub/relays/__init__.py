"""Ways out: a relay takes finished bytes and says what became of them."""

from mailhub.relays.relay import MAY_HAVE_ARRIVED, Outcome, OutcomeKind, Relay

__all__ = ["MAY_HAVE_ARRIVED", "Outcome", "OutcomeKind", "Relay"]
