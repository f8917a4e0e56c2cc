"""Which step of the ladder a person can ask for, by what was answered before. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from credit.rules.ladder import LadderStep, next_step, step_of
from credit.rules.process import Decision, MatterRefusal

# code of the step, attempt, decision and moment
Answer = tuple[str, int, Decision | None, datetime | None]
# an objection that was taken back can be raised once more
MOST_ATTEMPTS: Final = 2


def next_attempt(
    answers: Sequence[Answer], now: datetime
) -> tuple[LadderStep, int] | MatterRefusal:
    """The step and its attempt, or why nothing can be asked for."""
    if not answers:
        first = next_step(None)
        return MatterRefusal.LAST_STEP if first is None else (first, 0)
    code, attempt, decision, decided_at = answers[-1]
    if decision is None or decided_at is None:
        return MatterRefusal.ASKED_ALREADY
    if decision is Decision.DROPPED:
        if attempt + 1 >= MOST_ATTEMPTS:
            return MatterRefusal.ASKED_ALREADY
        return step_of(code), attempt + 1
    following = next_step(code)
    if decision is not Decision.UPHELD or following is None:
        return MatterRefusal.LAST_STEP
    until = ask_until(following, decided_at)
    if until is not None and until < now:
        return MatterRefusal.TOO_LATE
    return following, 0


def ask_until(step: LadderStep, decided_at: datetime | None) -> datetime | None:
    """Until when a step can be asked for after the answer before it; None: no day ends it."""
    if decided_at is None or not step.ask_days:
        return None
    return decided_at + timedelta(days=step.ask_days)
