"""A round of a convention in public: where it stands, how it came there, what the draft says."""

from typing import Any, Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.conventions.labels.kinds import KINDS, TOPICS
from portal.conventions.labels.published import SHORT_STEPS
from portal.conventions.labels.votes import OUTCOMES, PHASES
from portal.conventions.labels.way import MOVES, STATES
from portal.conventions.queries.meetings import meetings_about
from portal.conventions.queries.published import filing_of, versions_of
from portal.conventions.queries.reviews import notes_of
from portal.conventions.queries.talk import PAGE as WISHES
from portal.conventions.queries.talk import wishes_of
from portal.conventions.queries.texts import (
    RoundRow,
    draft_of,
    events_of,
    round_by_number,
)
from portal.conventions.queries.votes import votes_of
from portal.conventions.rules.way import READABLE, stations
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.markdown import plain, rendered
from portal.kernel.web import reading

VOTES: Final = {"phases": PHASES, "outcomes": OUTCOMES}

bp.app_template_filter("clause_words")(rendered)
bp.app_template_filter("clause_quoted")(plain)


@bp.get("/conventions/<number>")
@public
def convention(number: str) -> ResponseReturnValue:
    """One of them: where it stands, how it came there, and its text once it may be read."""
    row = round_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    return render_template(
        "conventions/public/one.html", row=row, topics=TOPICS, states=STATES, moves=MOVES,
        kinds=KINDS, steps=SHORT_STEPS, now=now(), **_way(row), **_wished(row), **VOTES,
    )  # fmt: skip


def _wished(row: RoundRow) -> dict[str, Any]:
    """A page of what residents wish."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    wishes = wishes_of(reading(), row.id, shown=True, after=after)
    following = wishes[WISHES - 1].number if len(wishes) > WISHES else None
    return {"wishes": wishes[:WISHES], "following": following}


def _way(row: RoundRow) -> dict[str, Any]:
    """How it came to where it stands, and what stands there."""
    events = events_of(reading(), row.id)
    return {
        "area": areas_by_ids(reading(), {row.area_id}).get(row.area_id),
        "draft": draft_of(reading(), row.id) if row.state in READABLE else [],
        "events": events, "votes": votes_of(reading(), row.id),
        "notes": notes_of(reading(), row.id), "filing": filing_of(reading(), row.id),
        "meetings": meetings_about(reading(), row.id),
        "stations": stations(row.rule, row.state, ((one.to, one.at) for one in events)),
        "versions": versions_of(reading(), row.convention_id),
    }  # fmt: skip
