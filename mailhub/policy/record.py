"""A decision as it is stored: with every input it read, so that it can be run again (design, promise 7)."""

from dataclasses import dataclass
from datetime import datetime

from mailhub.policy.case import Decision, DirectoryView, Known, LetterFacts
from mailhub.policy.decide import decide
from mailhub.policy.settings import PolicySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A decision and its inputs. `note` is what a clerk added for the sender."""

    facts: LetterFacts
    known: Known
    directory: DirectoryView
    settings: PolicySettings
    now: datetime
    decision: Decision
    note: str = ""

    def again(self) -> Decision:
        """What the rules of this program say to the same inputs."""
        return decide(self.facts, self.known, self.directory, self.settings, self.now)


def judged(facts: LetterFacts, known: Known, directory: DirectoryView, settings: PolicySettings, now: datetime) -> DecisionRecord:
    """Decide, and keep the inputs beside the outcome."""
    decision = decide(facts, known, directory, settings, now)
    return DecisionRecord(facts=facts, known=known, directory=directory, settings=settings, now=now, decision=decision)
