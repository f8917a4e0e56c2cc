"""Conventions in public: what is under way, and what the draft says."""

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.conventions.labels.kinds import KINDS, TOPICS
from portal.conventions.labels.rendering import rendered
from portal.conventions.labels.votes import OUTCOMES, PHASES
from portal.conventions.labels.way import MOVES, STATES
from portal.conventions.queries.reviews import notes_of
from portal.conventions.queries.talk import PAGE as WISHES
from portal.conventions.queries.talk import wishes_of
from portal.conventions.queries.texts import (
    PAGE,
    draft_of,
    events_of,
    round_by_number,
    rounds_page,
)
from portal.conventions.queries.votes import votes_of
from portal.conventions.rules.way import READABLE
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import reading

VOTES: Final = {"phases": PHASES, "outcomes": OUTCOMES}

bp.app_template_filter("clause_words")(rendered)


@bp.get("/conventions/")
@public
def conventions() -> ResponseReturnValue:
    """Every convention that is under way or published."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = rounds_page(reading(), None, public=True, after=after)
    rows = found[:PAGE]
    return render_template(
        "conventions/public/list.html", rows=rows, states=STATES, kinds=KINDS,
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/conventions/<number>")
@public
def convention(number: str) -> ResponseReturnValue:
    """One of them: where it stands, how it came there, and its text once it may be read."""
    row = round_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    after = clean_number(request.args.get("after", "")[:20]) or ""
    wishes = wishes_of(reading(), row.id, shown=True, after=after)
    return render_template(
        "conventions/public/one.html", row=row, topics=TOPICS, wishes=wishes[:WISHES],
        following=wishes[WISHES - 1].number if len(wishes) > WISHES else None,
        states=STATES, moves=MOVES, kinds=KINDS,
        area=areas_by_ids(reading(), {row.area_id}).get(row.area_id),
        draft=draft_of(reading(), row.id) if row.state in READABLE else [],
        events=events_of(reading(), row.id), votes=votes_of(reading(), row.id), now=now(),
        notes=notes_of(reading(), row.id), **VOTES,
    )  # fmt: skip
