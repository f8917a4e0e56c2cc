"""Everything recomputed: leaves, numbers, tree, signatures, tiles, balances, rules and clocks.

Nothing that is kept beside the entries is believed. It reads a moment of the database, a few
thousand rows at a time, writes nothing, and names the first number of each log that is wrong.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credit.queries.accounts import unit_sums, wrong_balances
from credit.queries.whole import (
    Line,
    RuleRow,
    WholeLog,
    all_rule_rows,
    begin_snapshot,
    below_the_floor,
    entries_nowhere,
    overdue,
    seq_of,
    taken_twice,
    waiting_lines,
    whole_logs,
    wrong_clocks,
)
from credit.rules.checkpoint import open_checkpoint
from credit.rules.flaws import Flaw, Problem, SealedRule
from credit.rules.kinds import Kind
from credit.rules.note import BadNote
from credit.rules.standing import Noted
from credit.service.entry_checks import Books, earlier_of, flaw_of_line
from credit.service.halting import why_stopped
from credit.service.logfiles import files_of_log, log_files
from credit.service.opening import Opener
from credit.service.walking import walk_log
from portal.kernel.collector import uncollected
from portal.kernel.db import Database
from portal.kernel.instance import instance_of

MOST: Final = 20

Tick = Callable[[int], None]


@dataclass
class Verdict:
    """What was looked at, and what is wrong with it."""

    entries: int = 0
    waiting: int = 0
    logs: list[WholeLog] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not self.problems


def verify(
    database: Database, *, now: datetime, against: bytes | None = None, tick: Tick | None = None
) -> Verdict:
    """Recompute the whole ledger. ``against`` is a checkpoint that somebody kept."""
    verdict = Verdict()
    with database.read() as session, uncollected:
        files = log_files(session)
        # before the database is read: what is served may only ever be behind it
        served = files.published()
        begin_snapshot(session)
        stop = why_stopped(session)
        if stop is not None:
            verdict.problems.append(Problem(Flaw.STOPPED, stop=stop))
        rules = all_rule_rows(session)
        books = _books(rules)
        verdict.logs = whole_logs(session)
        old = _old(session, verdict, against)
        for log in verdict.logs:
            here = files_of_log(session, log.number)
            is_newest = log.number == verdict.logs[-1].number
            walk = walk_log(
                session, log, here, books, with_files=is_newest,
                against=old if old and old.origin == log.origin else None,
                served=served if is_newest else None, tick=tick,
            )  # fmt: skip
            verdict.entries += walk.size
            verdict.problems += walk.problems
        verdict.waiting = _check_waiting(session, books, verdict)
        verdict.problems += _together(session, now)
        verdict.problems += _beside(session, rules)
    return verdict


def _books(rules: list[RuleRow]) -> Books:
    books: dict[str, dict[str, SealedRule]] = {}
    for row in rules:
        sealed = row.sealed()
        if sealed is not None:
            books.setdefault(row.district, {})[row.rule.name] = sealed
    return books


def _old(session: Session, verdict: Verdict, against: bytes | None) -> Noted | None:
    """The checkpoint to hold the log against, if one of our logs signed it."""
    if against is None:
        return None
    for log in verdict.logs:
        try:
            keys = files_of_log(session, log.number).verifiers()
            found = open_checkpoint(against, keys).checkpoint
        except BadNote:
            continue
        if found.origin == log.origin:
            return Noted(found.origin, found.size, found.root)
    verdict.problems.append(Problem(Flaw.AGAINST_OTHER))
    return None


def _check_waiting(session: Session, books: Books, verdict: Verdict) -> int:
    """What waits in the queue; its place in the log is still to come."""
    count = 0
    for lines in waiting_lines(session):
        earlier = earlier_of(session, lines)
        for line in lines:
            flaw = flaw_of_line(line, None, earlier, books)
            if flaw is None and not _opens(session, line):
                flaw = Flaw.DETAILS_CHANGED
            if flaw is not None and len(verdict.problems) < MOST:
                about = f"waiting entry {line.entry.id}" if line.entry else "a waiting entry"
                kept = Flaw.QUEUE if flaw in {Flaw.ENTRY_GONE, Flaw.ENTRY_CHANGED} else flaw
                verdict.problems.append(Problem(kept, about=about))
        count += len(lines)
    return count


def _opens(session: Session, line: Line) -> bool:
    details = Opener(instance_of(session).vault, None)
    details.take([line])
    return details.first_wrong(all_of_it=True) is None


def _together(session: Session, now: datetime) -> Iterator[Problem]:
    """What entries together must be."""
    found = (
        (Flaw.NOWHERE, entries_nowhere(session, MOST)),
        (Flaw.TAKEN_TWICE, taken_twice(session, MOST)),
        (Flaw.CLOCK, wrong_clocks(session, now, MOST)),
        (Flaw.OVERDUE, overdue(session, now, MOST)),
    )
    for flaw, keys in found:
        for district, entry_id in keys:
            place = seq_of(session, district, entry_id)
            log, seq = place or (None, None)
            yield Problem(flaw, log, seq, "" if place else f"entry {entry_id}")


def _beside(session: Session, rules: list[RuleRow]) -> Iterator[Problem]:
    """What is kept beside the entries: balances, and the words of rules."""
    for wrong in wrong_balances(session)[:MOST]:
        yield Problem(Flaw.BALANCE, about=f"account {wrong.account_id}")
    for _, account_id in below_the_floor(session, MOST):
        yield Problem(Flaw.FLOOR, about=f"account {account_id}")
    for (district, unit), total in unit_sums(session).items():
        if total:
            yield Problem(Flaw.SUM, about=f"{unit.value} of {district}")
    for row in rules:
        if not _is_as_sealed(row):
            log, seq = row.place or (None, None)
            yield Problem(Flaw.RULE_TEXT, log, seq, row.rule.name)


def _is_as_sealed(row: RuleRow) -> bool:
    statement = row.statement
    return (
        statement is not None
        and statement.kind is Kind.RULE_PUBLISHED
        and statement.digest == row.rule.digest()
    )
