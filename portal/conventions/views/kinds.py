"""The kinds of conventions, by whose rules each comes about, and a model text of each."""

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.conventions.labels.kinds import (
    BALLOTS,
    ELECTORATES,
    KINDS,
    MEASURES,
    STARTERS,
    STEPS,
    TOPICS,
    part_in_words,
)
from portal.conventions.rules.kinds import Kind, rules_on
from portal.conventions.rules.model_texts import model_texts
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.web import instance


def today() -> date:
    return city_day(now(), instance().city.zone)


@bp.get("/conventions/kinds/")
@public
def kinds() -> ResponseReturnValue:
    """Every kind with the short of its rule."""
    return render_template(
        "conventions/kinds/list.html", rules=rules_on(today()).values(), names=KINDS,
        electorates=ELECTORATES, starters=STARTERS,
    )  # fmt: skip


@bp.get("/conventions/kinds/<code>")
@public
def kind(code: str) -> ResponseReturnValue:
    """One kind: its steps, who decides by which majority, where that is written, a model text."""
    rule = rules_on(today()).get(Kind(code)) if code in set(Kind) else None
    if rule is None:
        raise Missing
    return render_template(
        "conventions/kinds/one.html", rule=rule, names=KINDS, steps=STEPS, starters=STARTERS,
        electorates=ELECTORATES, measures=MEASURES, ballots=BALLOTS, topics=TOPICS,
        part=part_in_words, clauses=model_texts()[rule.kind],
    )  # fmt: skip
