"""Ways out: a relay takes finished bytes and says what became of them."""

from mailhub.relays.relay import Outcome, OutcomeKind, Relay

__all__ = ["Outcome", "OutcomeKind", "Relay"]
