"""The rules in public: what counts, since when, what it was before, what is to come."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.labels.log import whole_day
from credit.labels.rulebook import RULE_CLASSES, RULE_FIELDS, rule_words
from credit.queries.rulebook import Publication, all_rules, publications_of, versions_of
from credit.rules.differences import Change, Piece, differences
from credit.rules.rulebook import Rule, RuleStanding, standing_of
from credit.views.blueprint import bp
from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.kernel.words import Words


@dataclass(frozen=True)
class Difference:
    """One field of a version: how it differs from the version before, or what it says at first."""

    name: Words
    pieces: list[Piece]

    @property
    def changed(self) -> bool:
        return any(piece.change is not Change.KEPT for piece in self.pieces)

    def said(self, change: str) -> list[str]:
        """What went or came, for those who do not see it struck out."""
        return [
            piece.text for piece in self.pieces if piece.change == change and piece.text.strip()
        ]


@dataclass(frozen=True)
class Version:
    """One version with what it changed."""

    rule: Rule
    publication: Publication
    is_first: bool
    differences: list[Difference]


def asked_district(allowed: tuple[str, ...] | None = None) -> str:
    """The district that is asked for; a city has mostly one. Raises Missing."""
    known = instance().city.roots if allowed is None else allowed
    wanted = request.args.get("district", known[0] if known else "")
    if wanted not in known:
        raise Missing
    return wanted


def standings(district: str) -> list[RuleStanding]:
    """How every rule of a district stands now."""
    rules, at = all_rules(reading(), district), now()
    return [
        standing_of(list(versions), at) for _, versions in groupby(rules, key=lambda one: one.code)
    ]


def by_class(rows: list[RuleStanding]) -> list[tuple[Words, list[RuleStanding]]]:
    """The rules that count or will, by kind."""
    return [
        (words, [one for one in rows if is_lively(one) and one.newest.rule_class is rule_class])
        for rule_class, words in RULE_CLASSES.items()
    ]


def is_lively(standing: RuleStanding) -> bool:
    """Whether a rule gives something, or will."""
    return standing.in_force or standing.newest.points > 0


def compared(old: Rule | None, new: Rule) -> list[Difference]:
    """Each field of a version beside the one before."""
    before, after = rule_words(old) if old else {}, rule_words(new)
    return [
        Difference(name, differences(before.get(field, after[field]), after[field]))
        for field, name in RULE_FIELDS.items()
    ]


@bp.get("/credit/rules")
@public
def rules_page() -> ResponseReturnValue:
    """The self-discipline code: every rule in force by kind, and what is announced (R255)."""
    district = asked_district()
    rows = standings(district)
    return render_template(
        "credit/rulebook/list.html", sections=by_class(rows),
        ended=[one for one in rows if not is_lively(one)],
        district=district, words=rule_words, whole_day=_day,
    )  # fmt: skip


@bp.get("/credit/rules/<code>")
@public
def rule(code: str) -> ResponseReturnValue:
    """All versions of one rule, the newest first, each with what it changed."""
    district = asked_district()
    rules = versions_of(reading(), district, code)
    if not rules:
        raise Missing
    published = publications_of(reading(), district, code)
    versions = [
        Version(new, published[new.version], old is None, compared(old, new))
        for old, new in zip([None, *rules[:-1]], rules, strict=True)
    ]
    return render_template(
        "credit/rulebook/show.html", versions=versions[::-1], standing=standing_of(rules, now()),
        whole_day=_day, now=now(), back=url_for("credit.rules_page", district=district),
    )  # fmt: skip


def _day(moment: datetime) -> str:
    return whole_day(moment, instance().city.zone)
