"""Votes for everybody: announcement and result, the figures to count again, one's own ballot."""

import json
from functools import partial
from typing import Any

from babel.numbers import format_decimal
from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.votes import BallotForm
from portal.conventions.labels.kinds import BALLOTS, ELECTORATES, KINDS, MEASURES, part_in_words
from portal.conventions.labels.votes import CHOICES, OUTCOMES, PHASES, WAYS
from portal.conventions.queries.votes import VoteRow, elector_of, open_choice, votes_of
from portal.conventions.queries.votes import my_votes as votes_with
from portal.conventions.rules.counting import Choice, Finding
from portal.conventions.rules.kinds import Ballot, Measure
from portal.conventions.rules.minutes import result_in
from portal.conventions.service.ballots import cast_ballot
from portal.conventions.service.voting import any_vote
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "conventions/votes"
WORDS: dict[str, Any] = {
    "phases": PHASES, "ways": WAYS, "electorates": ELECTORATES, "ballots": BALLOTS,
    "outcomes": OUTCOMES, "kinds": KINDS,
}  # fmt: skip
CAST = _l("Thank you. Your vote is counted.")


@bp.get("/conventions/votes/<number>")
@public
def vote(number: str) -> ResponseReturnValue:
    """The announcement of a vote, and its result with everything it follows from."""
    row = any_vote(reading(), number)
    mine = elector_of(reading(), row.id, current_actor().person_id)
    return render_template(
        f"{FOLDER}/one.html", row=row, phase=row.phase(now()), mine=mine,
        area=areas_by_ids(reading(), {row.area_id})[row.area_id], result=result_rows(row),
        women=json.loads(row.figures).get("women") if row.figures else None,
        others=[one for one in votes_of(reading(), row.round_id) if one.id != row.id], now=now(),
        **WORDS,
    )  # fmt: skip


def result_rows(row: VoteRow) -> list[tuple[str, list[tuple[str, str]]]]:
    """What was counted, for each measure: what it is called, and its lines."""
    if row.figures is None:
        return []
    found = result_in(row.figures, row.rule).findings
    return [(str(MEASURES[one.counted.measure]), _lines(one)) for one in found]


def _lines(one: Finding) -> list[tuple[str, str]]:
    measure, counted = one.counted.measure, one.counted
    said = partial(_amount, measure)
    lines = [(str(CHOICES[choice]), said(counted.tally.get(choice, 0))) for choice in Choice]
    parts = (
        (_("Took part"), counted.taking_part, counted.electors, one.threshold.quorum, one.quorum),
        (_("For it"), counted.agreeing, counted.taking_part, one.threshold.majority, one.majority),
    )
    for name, numerator, denominator, needed, met in parts:
        facts = {"some": said(numerator), "all": said(denominator), "part": part_in_words(needed)}
        text = (
            _("%(some)s of %(all)s (needed: %(part)s): enough", **facts)
            if met
            else _("%(some)s of %(all)s (needed: %(part)s): not enough", **facts)
        )
        lines.append((name, text))
    return lines


def _amount(measure: Measure, amount: int) -> str:
    if measure is Measure.VOTERS:
        return str(format_decimal(amount, locale=current_language()))
    metres = format_decimal(amount / 100, format="#,##0.00", locale=current_language())
    return str(_("%(number)s m²", number=metres))


@bp.get("/conventions/votes/<number>/minutes.json")
@public
def vote_minutes(number: str) -> ResponseReturnValue:
    """The figures of a result as canonical JSON: whoever has them can count again."""
    row = any_vote(reading(), number)
    if row.figures is None:
        raise Missing
    return Response(row.figures, mimetype="application/json")


@bp.route("/conventions/votes/<number>/ballot", methods=["GET", "POST"])
@signed_in
def ballot(number: str) -> ResponseReturnValue:
    """Vote on the screen."""
    row = any_vote(reading(), number)
    mine = elector_of(reading(), row.id, current_actor().person_id)
    chosen = open_choice(reading(), mine.id) if mine and row.ballot is Ballot.OPEN else None
    form = BallotForm(data={"choice": chosen.value if chosen else None})
    # a key would stand beside a secret ballot with its time: the roll's mark refuses a second click
    form.keyed = row.ballot is Ballot.OPEN
    act = partial(_cast, row.number, form)
    return answer(
        form, f"{FOLDER}/ballot.html", act, thanks=CAST, row=row, mine=mine,
        phase=row.phase(now()), **WORDS,
    )  # fmt: skip


def _cast(number: str, form: BallotForm, session: Session) -> str:
    choice = form.chosen()
    if choice is None:
        raise Missing
    cast_ballot(session, current_actor(), number, choice, now=now())
    return url_for("conventions.vote", number=number)


@bp.get("/me/votes/")
@signed_in
def my_votes() -> ResponseReturnValue:
    """Where I have a vote, and whether I took part; never what I chose."""
    at = now()
    rows = [(one, one.vote.phase(at)) for one in votes_with(reading(), current_actor().person_id)]
    return render_template(f"{FOLDER}/mine.html", rows=rows, **WORDS)
