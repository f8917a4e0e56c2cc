"""What the unit that handled a matter reads of a rating whose giver ticked that it may. Pure."""

from dataclasses import dataclass, replace

from portal.reports.rules.masking import what_is_masked
from portal.satisfaction.rules import Answers


@dataclass(frozen=True)
class ShownRating:
    """A rating as the unit reads it: no name, no day. ``kept_back``: there are words that look as
    if they lead to a person, and nobody at the desk reads them."""

    answers: Answers
    kept_back: bool


def may_be_shown(*, protected: bool, sealed: bool) -> bool:
    """Whether the tick is offered: never where the matter is about a person or a shop (law P5), nor
    where the report itself lies under seal."""
    return not protected and not sealed


def as_shown(answers: Answers) -> ShownRating:
    """A rating without words that hold a number, a plate or a name."""
    kept_back = bool(what_is_masked(answers.words))
    return ShownRating(replace(answers, words="") if kept_back else answers, kept_back)


def in_no_order_of_time(found: list[ShownRating]) -> list[ShownRating]:
    """By what was said: the order in which people rated could say who they are."""
    return sorted(found, key=_said)


def _said(one: ShownRating) -> tuple[int, int, bool, str, list[str], bool]:
    said = one.answers
    reasons = sorted(said.reasons)
    return (
        int(said.result),
        int(said.service),
        not said.solved,
        said.words,
        list(reasons),
        one.kept_back,
    )
