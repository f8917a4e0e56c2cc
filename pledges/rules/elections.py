"""Elections of an alliance's head, and votes on recalling one: codes, and how votes are counted.

Each member (a shop) has one vote. Who voted is kept apart from what was voted, and forgotten when
the votes are counted; fewer than ``FEWEST`` votes are not counted at all: they would tell.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

# so few votes would tell who voted what
FEWEST: Final = 3
SHORTEST_POLL: Final = timedelta(days=3)
LONGEST_POLL: Final = timedelta(days=30)
# candidates come forward first, so that nobody votes before she knows them all
CANDIDATES_FOR: Final = timedelta(days=3)
SHORTEST_TERM: Final = 180
LONGEST_TERM: Final = 1096


class ElectionKind(StrEnum):
    """What is voted on: who leads, or whether whoever leads goes on."""

    HEAD = "head"
    RECALL = "recall"


class Outcome(StrEnum):
    """How a vote ended."""

    ELECTED = "elected"
    NOBODY = "nobody"
    TOO_FEW = "too_few"
    RECALLED = "recalled"
    KEPT = "kept"
    CALLED_OFF = "called_off"


class Phase(StrEnum):
    """Where a vote stands at a moment."""

    CANDIDATES = "candidates"
    POLL = "poll"
    COUNTING = "counting"
    OVER = "over"


class ElectionRefusal(StrEnum):
    """Why a vote is not called, or not taken."""

    RUNNING = "election.running"
    FEW_MEMBERS = "election.few_members"
    LEADS = "election.leads"
    NO_HEAD = "election.no_head"
    POLL_DAYS = "election.poll_days"
    TERM = "election.term"
    NOT_NOW = "election.not_now"
    VOTED = "election.voted"
    NOT_ON_ROLL = "election.not_on_roll"
    NO_CHOICE = "election.no_choice"
    PROPOSED = "election.proposed"


def phase(
    polls_at: datetime, closes_at: datetime, closed_at: datetime | None, now: datetime
) -> Phase:
    """Where a vote stands; after its last moment it waits to be counted."""
    if closed_at is not None:
        return Phase.OVER
    if now >= closes_at:
        return Phase.COUNTING
    return Phase.POLL if now >= polls_at else Phase.CANDIDATES


@dataclass(frozen=True)
class Count:
    """A counted vote. ``winner``: the key of a candidate; ``votes`` by key; ``digest`` of the
    ballots from which anybody who has them counts the same; ``lot``: a tie was decided by it."""

    outcome: Outcome
    turnout: int
    blank: int
    votes: Mapping[str, int]
    winner: str | None
    lot: bool
    digest: str


def digest_of(number: str, ballots: Iterable[tuple[str, str]]) -> str:
    """The hash of all ballots (code, key of a candidate or "") of a vote, in the order of codes."""
    lines = [number, *(f"{code} {choice}" for code, choice in sorted(ballots))]
    return sha256("\n".join(lines).encode()).hexdigest()


def drawn(digest: str, tied: Iterable[str]) -> str:
    """Whom the lot chooses: the smallest hash of the digest with a candidate's key. The digest
    hangs on the chance codes of the ballots, so nobody knows it before the last vote."""
    return min(tied, key=lambda key: sha256(f"{digest} {key}".encode()).hexdigest())


def count(
    number: str,
    kind: ElectionKind,
    ballots: Sequence[tuple[str, str]],
    standing: Iterable[str],
    roll: int,
) -> Count:
    """Count the ballots of a vote, the same whenever it is done.

    ``standing``: the keys of the candidates who still stand; votes for others are void, but make
    part of the turnout. Of a recall the one candidate is whoever leads, and an empty choice is a
    vote against her: she goes when more than half of all members (``roll``) say so. A head is
    elected by most votes, if they are more than the empty ones; of equals the lot chooses.
    """
    digest = digest_of(number, ballots)
    said = Counter(choice for _code, choice in ballots)
    votes = {key: said[key] for key in sorted(standing)}
    told = (len(ballots), said[""], votes)
    if len(ballots) < FEWEST:
        return Count(Outcome.TOO_FEW, len(ballots), 0, {}, None, False, digest)
    if kind is ElectionKind.RECALL:
        outcome = Outcome.RECALLED if 2 * said[""] > roll else Outcome.KEPT
        return Count(outcome, *told, None, False, digest)
    most = max(votes.values(), default=0)
    if most <= said[""]:
        return Count(Outcome.NOBODY, *told, None, False, digest)
    tied = [key for key, number_of in votes.items() if number_of == most]
    return Count(Outcome.ELECTED, *told, drawn(digest, tied), len(tied) > 1, digest)
