"""Recurrence rules (RFC 5545, RRULE) on days of the city's calendar. Pure.

A shift recurs by days and has one time on the wall clock, so rules are read as dates and no zone
takes part. What a roster needs is understood (DAILY, WEEKLY and MONTHLY with INTERVAL, BYDAY,
BYMONTHDAY, COUNT and UNTIL); the rest of the standard is refused in words rather than half obeyed.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_RULE: Final = 200
MOST_INTERVAL: Final = 366
# as many instances as one series may have; two years at the most
MOST_INSTANCES: Final = 1000
LONGEST_SERIES: Final = timedelta(days=731)
_UNTIL: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?\Z", re.ASCII)
_BYDAY: Final = re.compile(r"([+]?[1-5]|-1)?(MO|TU|WE|TH|FR|SA|SU)\Z", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}\Z", re.ASCII)
_KNOWN: Final = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"}


class Frequency(StrEnum):
    """How often, as RFC 5545 says it."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class RuleRefusal(StrEnum):
    """Why a rule is no rule of a series."""

    EMPTY = "series.rule_empty"
    TWO_RULES = "series.two_rules"
    NOT_A_RULE = "series.not_a_rule"
    UNKNOWN_PART = "series.unknown_part"
    NO_END = "series.no_end"
    TWO_ENDS = "series.two_ends"
    ENDS_BEFORE = "series.ends_before"
    TOO_MANY = "series.too_many"
    TOO_LONG = "series.too_long"
    NEVER = "series.never"


class BadRule(Exception):
    """A rule that cannot be obeyed, and why."""

    def __init__(self, code: RuleRefusal, part: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.part = part


@dataclass(frozen=True)
class Rule:
    """A rule that was understood. ``weekdays`` are (which of the month or 0, Monday is 0)."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    monthdays: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    def text(self) -> str:
        """The rule in its one spelling."""
        parts = [f"FREQ={self.frequency.value}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            days = (f"{nth or ''}{WEEKDAYS[at]}" for nth, at in self.weekdays)
            parts.append(f"BYDAY={','.join(days)}")
        if self.monthdays:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.monthdays)))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def read_rule(typed: str) -> Rule:
    """A rule as it is typed or copied from a calendar. Raises BadRule."""
    text = typed.strip().upper()
    # a calendar's line may be copied whole; two of them are two rules
    if text.count("FREQ=") > 1 or text.count("RRULE") > 1:
        raise BadRule(RuleRefusal.TWO_RULES)
    text = text.removeprefix("RRULE:")
    if not text:
        raise BadRule(RuleRefusal.EMPTY)
    if len(text) > LONGEST_RULE:
        raise BadRule(RuleRefusal.NOT_A_RULE)
    return _rule(_parts(text))


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.rstrip(";").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts:
            raise BadRule(RuleRefusal.NOT_A_RULE, piece[:40])
        if name not in _KNOWN:
            raise BadRule(RuleRefusal.UNKNOWN_PART, piece[:40])
        parts[name] = value
    return parts


def _rule(parts: Mapping[str, str]) -> Rule:
    if parts.get("FREQ") not in set(Frequency):
        raise BadRule(RuleRefusal.UNKNOWN_PART, f"FREQ={parts.get('FREQ', '')}"[:40])
    if parts.get("WKST", "MO") != "MO":
        raise BadRule(RuleRefusal.UNKNOWN_PART, f"WKST={parts['WKST']}"[:40])
    frequency = Frequency(parts["FREQ"])
    rule = Rule(
        frequency,
        interval=_number(parts, "INTERVAL", 1, MOST_INTERVAL) or 1,
        weekdays=_weekdays(parts.get("BYDAY", ""), frequency),
        monthdays=_monthdays(parts.get("BYMONTHDAY", "")),
        count=_number(parts, "COUNT", 1, 10**9),
        until=_until(parts.get("UNTIL", "")),
    )
    if rule.count is not None and rule.until is not None:
        raise BadRule(RuleRefusal.TWO_ENDS)
    if rule.monthdays and (frequency is not Frequency.MONTHLY or rule.weekdays):
        raise BadRule(RuleRefusal.UNKNOWN_PART, f"BYMONTHDAY={parts['BYMONTHDAY']}"[:40])
    return rule


def _number(parts: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not _NUMBER.match(text) or not least <= int(text) <= most:
        raise BadRule(RuleRefusal.NOT_A_RULE, f"{name}={text}"[:40])
    return int(text)


def _weekdays(text: str, frequency: Frequency) -> tuple[tuple[int, int], ...]:
    found = []
    for piece in text.split(",") if text else ():
        match = _BYDAY.match(piece)
        if match is None or (match[1] and frequency is not Frequency.MONTHLY):
            raise BadRule(RuleRefusal.NOT_A_RULE, f"BYDAY={text}"[:40])
        found.append((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return tuple(dict.fromkeys(found))


def _monthdays(text: str) -> tuple[int, ...]:
    found = []
    for piece in text.split(",") if text else ():
        if not _NUMBER.match(piece) or not 1 <= abs(int(piece)) <= 31:
            raise BadRule(RuleRefusal.NOT_A_RULE, f"BYMONTHDAY={text}"[:40])
        found.append(int(piece))
    return tuple(dict.fromkeys(found))


def _until(text: str) -> date | None:
    if not text:
        return None
    match = _UNTIL.match(text)
    try:
        return date(*(int(part) for part in match.groups()[:3])) if match else _raise(text)
    except ValueError:
        return _raise(text)


def _raise(text: str) -> date:
    raise BadRule(RuleRefusal.NOT_A_RULE, f"UNTIL={text}"[:40])


def check_series(rule: Rule, first: date) -> list[date]:
    """Every day of a series from its first day on. Raises BadRule for one that nobody can keep."""
    if rule.count is None and rule.until is None:
        raise BadRule(RuleRefusal.NO_END)
    if rule.until is not None and rule.until < first:
        raise BadRule(RuleRefusal.ENDS_BEFORE)
    if (rule.count or 0) > MOST_INSTANCES:
        raise BadRule(RuleRefusal.TOO_MANY)
    if rule.until is not None and rule.until - first > LONGEST_SERIES:
        raise BadRule(RuleRefusal.TOO_LONG)
    days = list(islice(_bounded(rule, first), MOST_INSTANCES + 1))
    if not days:
        raise BadRule(RuleRefusal.NEVER)
    if len(days) < (rule.count or 0):
        raise BadRule(RuleRefusal.TOO_LONG)
    return days


def _bounded(rule: Rule, first: date) -> Iterator[date]:
    """The days of a rule, none of them beyond what a series may reach."""
    last = min(rule.until or date.max, first + LONGEST_SERIES)
    for given, day in enumerate(_endless(rule, first)):
        if day > last or given == rule.count:
            return
        yield day


def _endless(rule: Rule, first: date) -> Iterator[date]:
    """The days of a rule without its end: at most as many periods as a series has days."""
    step = {
        Frequency.DAILY: _days_of_a_day,
        Frequency.WEEKLY: _days_of_a_week,
        Frequency.MONTHLY: _days_of_a_month,
    }[rule.frequency]
    for period in range(0, LONGEST_SERIES.days + 1, rule.interval):
        yield from (day for day in step(rule, first, period) if day >= first)


def _days_of_a_day(rule: Rule, first: date, period: int) -> list[date]:
    day = first + timedelta(days=period)
    wanted = {at for _nth, at in rule.weekdays}
    return [day] if not wanted or day.weekday() in wanted else []


def _days_of_a_week(rule: Rule, first: date, period: int) -> list[date]:
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=period)
    wanted = {at for _nth, at in rule.weekdays} or {first.weekday()}
    return [monday + timedelta(days=at) for at in sorted(wanted)]


def _days_of_a_month(rule: Rule, first: date, period: int) -> list[date]:
    months = first.year * 12 + first.month - 1 + period
    year, month = months // 12, months % 12 + 1
    length = monthrange(year, month)[1]
    if rule.weekdays:
        found = {day for nth, at in rule.weekdays for day in _nth_days(year, month, nth, at)}
    else:
        wanted = rule.monthdays or (first.day,)
        found = {day if day > 0 else length + 1 + day for day in wanted}
    return [date(year, month, day) for day in sorted(found) if 1 <= day <= length]


def _nth_days(year: int, month: int, nth: int, weekday: int) -> list[int]:
    """The days of a month that are that weekday: all of them, or the n-th from either end."""
    first, length = monthrange(year, month)
    days = list(range(1 + (weekday - first) % 7, length + 1, 7))
    if nth == 0:
        return days
    at = nth - 1 if nth > 0 else nth
    return [days[at]] if -len(days) <= at < len(days) else []
