"""Community benefits for points: what may be offered at all, and the steps of one. Pure.

The kinds are data (``data/benefit-kinds.tsv``): cash and what can be handed on are no benefit (N4),
and no essential public service has a price in points (N8).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from credit.rules.kinds import Kind

KINDS_FILE: Final = Path(__file__).parents[1] / "data" / "benefit-kinds.tsv"

MOST_PRICE: Final = 10_000
MOST_STOCK: Final = 100_000
MOST_PER_PERSON: Final = 100
LONGEST_TITLE: Final = 60
LONGEST_WORDS: Final = 1000
LONGEST_PLACE: Final = 200
LONGEST_OFFERER: Final = 80
LONGEST_REASON: Final = 200
USUAL_HOLD_DAYS: Final = 14
MOST_HOLD_DAYS: Final = 60
# wrong codes in a row of one member of staff, and for how long she then waits
WRONG_CODES: Final = 10
WRONG_CODES_SECONDS: Final = 900
# for so long after a code was typed its redemption stays open before her
OPEN_MINUTES: Final = 30


class BenefitState(StrEnum):
    """Where an offer stands. Only the second is seen by residents."""

    WAITING = "waiting"
    OFFERED = "offered"
    CLOSED = "closed"


class BenefitStep(StrEnum):
    """What happened to an offer: its history."""

    WRITE = "write"
    CHANGE = "change"
    PRICE = "price"
    CHECK = "check"
    STOCK_IN = "stock_in"
    STOCK_OUT = "stock_out"
    UNLIMITED = "unlimited"
    CLOSE = "close"
    REOPEN = "reopen"


STOCK_STEPS: Final = (BenefitStep.STOCK_IN, BenefitStep.STOCK_OUT, BenefitStep.UNLIMITED)


class RedemptionState(StrEnum):
    """Where a redemption stands."""

    HELD = "held"
    HANDED_OUT = "handed_out"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class BenefitRefusal(StrEnum):
    """Why an offer is not made, or a benefit is not to be had."""

    KIND = "benefit.kind"
    NO_TITLE = "benefit.no_title"
    NO_WORDS = "benefit.no_words"
    NO_PLACE = "benefit.no_place"
    NO_OFFERER = "benefit.no_offerer"
    TOO_LONG = "benefit.too_long"
    PRICE = "benefit.price"
    STOCK = "benefit.stock"
    PER_PERSON = "benefit.per_person"
    HOLD_DAYS = "benefit.hold_days"
    DATES = "benefit.dates"
    CHANGED = "benefit.changed"
    SAME_PERSON = "benefit.same_person"
    NOT_DECLARED = "benefit.not_declared"
    NO_REASON = "benefit.no_reason"
    NOT_SO_MANY = "benefit.not_so_many"
    SOLD_OUT = "benefit.sold_out"
    HAD_ENOUGH = "benefit.had_enough"
    NOT_OFFERED = "benefit.not_offered"
    NO_POINTS = "benefit.no_points"
    NOT_ENOUGH = "benefit.not_enough"
    NEW_PRICE = "benefit.new_price"
    OVER = "benefit.over"
    WRONG_CODE = "benefit.wrong_code"
    TOO_MANY_CODES = "benefit.too_many_codes"
    OWN = "benefit.own"


@dataclass(frozen=True)
class BenefitKind:
    """One row of the table of kinds. ``law``: the line that forbids it, if it is not offered."""

    code: str
    offered: bool
    law: str
    names: Mapping[str, str]
    sounds_like: tuple[str, ...] = ()


@cache
def benefit_kinds() -> Mapping[str, BenefitKind]:
    """Every kind by its code, in the order of the file: what is offered, then what never is."""
    with KINDS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {
        row["code"]: BenefitKind(
            row["code"],
            row["offered"] == "yes",
            row["law"],
            {language: row[language] for language in ("zh_Hans", "zh_Hant", "en")},
            tuple(filter(None, (row["sounds_like"] or "").split("|"))),
        )
        for row in rows
    }


def offered_kinds() -> list[BenefitKind]:
    return [kind for kind in benefit_kinds().values() if kind.offered]


def never_offered() -> list[BenefitKind]:
    """What points never buy, by N4 and N8."""
    return [kind for kind in benefit_kinds().values() if not kind.offered]


def sounds_forbidden(texts: Iterable[str]) -> list[BenefitKind]:
    """Kinds that are never offered and that the words of an offer remind of.

    For whoever checks it: words prove nothing, so they refuse nothing by themselves.
    """
    text = " ".join(texts).casefold()
    return [kind for kind in never_offered() if any(word in text for word in kind.sounds_like)]


@dataclass(frozen=True)
class BenefitWish:
    """What is to be offered, as somebody of the desk writes it."""

    kind: str
    titles: Mapping[str, str]
    words: Mapping[str, str]
    price: int
    per_person: int | None
    hold_days: int
    pick_up: str
    offered_by: str
    valid_from: date
    valid_to: date | None


Flaw = tuple[BenefitRefusal, str]


def flaw_of(wish: BenefitWish, language: str) -> Flaw | None:
    """The first thing that is wrong with an offer, and its field. ``language``: the city's."""
    return next((flaw for flaw in (*_about(wish, language), *_terms(wish)) if flaw), None)


def _about(wish: BenefitWish, language: str) -> Iterable[Flaw | None]:
    kind = benefit_kinds().get(wish.kind)
    title, words = f"title_{language.lower()}", f"words_{language.lower()}"
    long = (
        any(len(text) > LONGEST_TITLE for text in wish.titles.values())
        or any(len(text) > LONGEST_WORDS for text in wish.words.values())
        or len(wish.pick_up) > LONGEST_PLACE
        or len(wish.offered_by) > LONGEST_OFFERER
    )
    yield (BenefitRefusal.KIND, "kind") if kind is None or not kind.offered else None
    yield (BenefitRefusal.NO_TITLE, title) if not wish.titles.get(language) else None
    yield (BenefitRefusal.NO_WORDS, words) if not wish.words.get(language) else None
    yield (BenefitRefusal.NO_PLACE, "pick_up") if not wish.pick_up else None
    yield (BenefitRefusal.NO_OFFERER, "offered_by") if not wish.offered_by else None
    yield (BenefitRefusal.TOO_LONG, title) if long else None


def _terms(wish: BenefitWish) -> Iterable[Flaw | None]:
    each = wish.per_person is None or 1 <= wish.per_person <= MOST_PER_PERSON
    held = 1 <= wish.hold_days <= MOST_HOLD_DAYS
    dates = wish.valid_to is None or wish.valid_to >= wish.valid_from
    yield (BenefitRefusal.PRICE, "price") if not 1 <= wish.price <= MOST_PRICE else None
    yield (BenefitRefusal.PER_PERSON, "per_person") if not each else None
    yield (BenefitRefusal.HOLD_DAYS, "hold_days") if not held else None
    yield (BenefitRefusal.DATES, "valid_to") if not dates else None


def says_the_same(one: BenefitWish, other: BenefitWish) -> bool:
    """Whether what is offered is the same, so that the check of the second person still holds."""
    return (one.kind, one.titles, one.words, one.offered_by) == (
        other.kind, other.titles, other.words, other.offered_by,
    )  # fmt: skip


def state_after(kind: Kind, *, lapsed: bool) -> RedemptionState:
    """How a redemption ended, by the kind of the entry that ended its hold."""
    if kind is Kind.REDEEM_POST:
        return RedemptionState.HANDED_OUT
    return RedemptionState.LAPSED if lapsed else RedemptionState.CANCELLED
