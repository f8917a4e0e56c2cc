"""Conventions at the desk: begun, written in clauses, moved along their way."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.rules.differences import differences
from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids, places_to_choose
from portal.conventions.forms.texts import ClauseForm, PasteForm, ReasonForm, StartForm, SureForm
from portal.conventions.labels.kinds import KINDS, TOPICS
from portal.conventions.labels.votes import OUTCOMES, PHASES
from portal.conventions.labels.way import FINDINGS, MOVES, STATES
from portal.conventions.queries.published import filing_of, version_of_round
from portal.conventions.queries.reviews import notes_of
from portal.conventions.queries.talk import wishes_waiting
from portal.conventions.queries.texts import (
    PAGE,
    RoundRow,
    asides_of,
    draft_clause,
    draft_of,
    events_of,
    flags_in,
    rounds_page,
)
from portal.conventions.queries.votes import votes_of
from portal.conventions.rules.checking import Finding
from portal.conventions.rules.way import (
    WRITING,
    Move,
    RoundState,
    Who,
    edge_for,
    is_reviewed_early,
    moves_from,
    state_after,
)
from portal.conventions.service.drafting import (
    Saved,
    add_clause,
    aside_here,
    begin_from_model,
    paste_text,
    put_together,
    save_clause,
    take_out,
)
from portal.conventions.service.reviewing import flag_here, let_stand
from portal.conventions.service.rounds import MANAGE, REVIEW, move_round, round_here, start_round
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "conventions/desk"
SAVED = _l("Saved.")
MOVED = _l("Done. Everybody can see where it stands now.")
BY_HAND = (Move.GO_ON, Move.BACK, Move.RETURN, Move.APPROVE, Move.GIVE_UP)
AFTER_THE_VOTE = {RoundState.FILING, RoundState.PUBLICATION, RoundState.PUBLISHED}


@bp.get("/desk/conventions/")
@requires(MANAGE)
def desk_conventions() -> ResponseReturnValue:
    """The conventions of my places."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    places = current_actor().places_for(MANAGE)
    found = rounds_page(reading(), places, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, states=STATES, kinds=KINDS,
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.route("/desk/conventions/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_convention_new() -> ResponseReturnValue:
    """Start a convention."""
    form = StartForm()

    def act(session: Session) -> str:
        return _address(start_round(session, current_actor(), form.wish(), now=now()))

    found = places_to_choose(reading(), current_actor().places_for(MANAGE), level="community")
    return answer(form, f"{FOLDER}/new.html", act, thanks=SAVED, to_choose=found)


def _address(number: str) -> str:
    return url_for("conventions.desk_convention", number=number)


@bp.get("/desk/conventions/<number>")
@requires(MANAGE)
def desk_convention(number: str) -> ResponseReturnValue:
    """One of them, with everything that can be done now."""
    row = round_here(reading(), current_actor(), number)
    draft = draft_of(reading(), row.id)
    return render_template(
        f"{FOLDER}/one.html", row=row, draft=draft, states=STATES, moves=MOVES, kinds=KINDS,
        topics=TOPICS, findings=FINDINGS, form=SureForm(), writing=_may_write(row),
        asides=asides_of(reading(), row.id), flags=flags_in(reading(), row.id, draft),
        events=events_of(reading(), row.id), open=_open_moves(row), phases=PHASES,
        votes=votes_of(reading(), row.id), outcomes=OUTCOMES, now=now(),
        waiting=wishes_waiting(reading(), row.id), **_street(row),
    )  # fmt: skip


def _street(row: RoundRow) -> dict[str, Any]:
    """What lies with the street, and what it did."""
    at_street, may = row.state is RoundState.REVIEW, _may(row, REVIEW)
    return {
        "notes": notes_of(reading(), row.id),
        "noting": at_street and may,
        "reviewing": may and (at_street or is_reviewed_early(row.rule, row.state)),
        "filing": filing_of(reading(), row.id) if row.state in AFTER_THE_VOTE else None,
        "version": version_of_round(reading(), row.id) if row.state in AFTER_THE_VOTE else None,
    }


def _may(row: RoundRow, verb: Any) -> bool:
    return current_actor().may(verb, place_path=row.place_path)


def _may_write(row: RoundRow) -> bool:
    return row.state in WRITING and _may(row, MANAGE)


def _open_moves(row: RoundRow) -> list[Move]:
    """The moves that I may make by hand from where it stands."""
    return [
        move
        for move in moves_from(row.state)
        if move in BY_HAND
        and state_after(row.rule, row.state, move) is not None
        and (edge := edge_for(row.state, move)) is not None
        and _may(row, REVIEW if edge.who is Who.STREET else MANAGE)
    ]


@bp.route("/desk/conventions/<number>/move/<move>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_convention_move(number: str, move: str) -> ResponseReturnValue:
    """Make a move, with a reason where one is due."""
    row = round_here(reading(), current_actor(), number)
    if move not in set(Move):
        raise Missing
    form, chosen = ReasonForm(), Move(move)
    act = partial(_move, row.number, chosen, form)
    return answer(
        form, f"{FOLDER}/move.html", act, thanks=MOVED, row=row, move=chosen, moves=MOVES,
        states=STATES, to=state_after(row.rule, row.state, chosen),
    )  # fmt: skip


def _move(number: str, move: Move, form: ReasonForm, session: Session) -> str:
    move_round(session, current_actor(), number, move, form.reason.data or "", now=now())
    return _address(number)


@bp.route("/desk/conventions/<number>/clauses/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_clause_new(number: str) -> ResponseReturnValue:
    """Write one more clause."""
    row, form = round_here(reading(), current_actor(), number), ClauseForm()

    def act(session: Session) -> str:
        add_clause(session, current_actor(), row.number, form.wish(), now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/clause.html", act, thanks=SAVED, row=row, clause=None)


@bp.route("/desk/conventions/<number>/paste", methods=["GET", "POST"])
@requires(MANAGE)
def desk_paste(number: str) -> ResponseReturnValue:
    """Paste a text, which is cut into clauses."""
    row, form = round_here(reading(), current_actor(), number), PasteForm()
    act = partial(_paste, row.number, form)
    return answer(form, f"{FOLDER}/paste.html", act, row=row)


def _paste(number: str, form: PasteForm, session: Session) -> str:
    found = paste_text(session, current_actor(), number, form.text.data or "", now=now())
    flash(ngettext("Put in: %(num)s clause.", "Put in: %(num)s clauses.", found), "success")
    return _address(number)


@bp.route("/desk/conventions/<number>/model", methods=["GET", "POST"])
@requires(MANAGE)
def desk_model(number: str) -> ResponseReturnValue:
    """Begin from the model text of this kind."""
    row, form = round_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> str:
        begin_from_model(session, current_actor(), row.number, now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/model.html", act, thanks=SAVED, row=row, kinds=KINDS)


@bp.route("/desk/conventions/<number>/clauses/<uuid:clause>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_clause(number: str, clause: UUID) -> ResponseReturnValue:
    """Write a clause anew. Somebody else saved meanwhile: both texts are shown."""
    row = round_here(reading(), current_actor(), number)
    found = draft_clause(reading(), row.id, clause)
    if found is None:
        raise Missing
    form = ClauseForm(data=_typed(found, found.revision) | {"topic": found.topic.value})
    act = partial(_save, row.number, clause, form)
    return answer(form, f"{FOLDER}/clause.html", act, row=row, clause=found)


def _typed(text: Any, seen: int) -> dict[str, str]:
    return {"heading": text.heading, "words": text.markdown, "seen": str(seen)}


def _save(number: str, clause: UUID, form: ClauseForm, session: Session) -> str:
    saved = save_clause(
        session, current_actor(), number, clause, form.wish(), seen=form.revision(), now=now()
    )
    return _after(number, saved)


def _after(number: str, saved: Saved) -> str:
    if saved.aside is None:
        flash(str(SAVED), "success")
        return _address(number)
    return url_for("conventions.desk_aside", number=number, edit=saved.aside)


@bp.route("/desk/conventions/<number>/clauses/<uuid:clause>/out", methods=["GET", "POST"])
@requires(MANAGE)
def desk_clause_out(number: str, clause: UUID) -> ResponseReturnValue:
    """Take a clause out."""
    row = round_here(reading(), current_actor(), number)
    found = draft_clause(reading(), row.id, clause)
    if found is None:
        raise Missing
    form = SureForm(data={"seen": str(found.revision)})

    def act(session: Session) -> str:
        seen = form.revision()
        take_out(session, current_actor(), row.number, clause, seen=seen, now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/out.html", act, thanks=SAVED, row=row, clause=found)


@bp.route("/desk/conventions/<number>/aside/<uuid:edit>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_aside(number: str, edit: UUID) -> ResponseReturnValue:
    """Put two texts together: what stands there now, and what I wrote meanwhile."""
    row = round_here(reading(), current_actor(), number)
    mine = aside_here(reading(), current_actor(), number, edit)
    theirs = draft_clause(reading(), row.id, mine.clause_id)
    if theirs is None:
        raise Missing
    form = ClauseForm(data=_typed(mine, theirs.revision) | {"topic": theirs.topic.value})
    act = partial(_together, row.number, edit, form)
    return answer(
        form, f"{FOLDER}/aside.html", act, row=row, mine=mine, theirs=theirs,
        pieces=differences(theirs.markdown, mine.markdown),
    )  # fmt: skip


def _together(number: str, edit: UUID, form: ClauseForm, session: Session) -> str:
    saved = put_together(
        session, current_actor(), number, edit, form.wish(), seen=form.revision(), now=now()
    )
    return _after(number, saved)


@bp.route("/desk/conventions/<number>/flags/<uuid:clause>/<finding>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_let_stand(number: str, clause: UUID, finding: str) -> ResponseReturnValue:
    """Let words stand that the check refuses, with a reason."""
    row = round_here(reading(), current_actor(), number)
    if finding not in set(Finding):
        raise Missing
    flag = flag_here(reading(), current_actor(), number, clause, Finding(finding))
    form = ReasonForm(data={"seen": flag.quote_hash})
    act = partial(_let_stand, row.number, clause, flag.finding, form)
    return answer(
        form, f"{FOLDER}/let_stand.html", act, thanks=SAVED, row=row, flag=flag, findings=FINDINGS
    )


def _let_stand(
    number: str, clause: UUID, finding: Finding, form: ReasonForm, session: Session
) -> str:  # fmt: skip
    let_stand(
        session, current_actor(), number, clause, finding, form.reason.data or "",
        seen=form.seen.data or "", now=now(),
    )  # fmt: skip
    return _address(number)
