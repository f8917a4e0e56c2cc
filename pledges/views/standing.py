"""How the stars of shops are computed, for everybody to read and to check."""

from flask import render_template
from flask.typing import ResponseReturnValue

from pledges.labels.inspections import BODIES
from pledges.labels.standing import PARTS, quarter_words
from pledges.rules.standing_formula import FREEZE_AFTER, Formula, formulas
from pledges.views.blueprint import bp
from portal.accounts.access import public
from portal.satisfaction.rules import SMALLEST_CELL


@bp.get("/pledges/standing")
@public
def standing_formula() -> ResponseReturnValue:
    """The formula with all its versions, the newest first."""
    return render_template(
        "pledges/standing/formula.html", versions=list(reversed(formulas())), parts=PARTS,
        bodies={one.version: _bodies(one) for one in formulas()}, quarter_words=quarter_words,
        fewest=SMALLEST_CELL,
        days=FREEZE_AFTER.days,
    )  # fmt: skip


def _bodies(formula: Formula) -> list[str]:
    return [str(words) for body, words in BODIES.items() if body in formula.bodies]
