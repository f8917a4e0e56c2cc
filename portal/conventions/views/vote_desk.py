"""Votes at the desk: called with a roll, papers crossed off, counted and decided."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.texts import SureForm
from portal.conventions.forms.votes import CallForm, CountForm, LineForm, TallyForm, WhyForm
from portal.conventions.labels.votes import CHOICES, FLAWS
from portal.conventions.queries.votes import (
    ROLL_PAGE,
    Entry,
    boxes_of,
    entries_of,
    roll_page,
    turnout,
    unsettled_papers,
)
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.roll import RollLine
from portal.conventions.rules.votes import women_asked
from portal.conventions.service.lines import act_on_line
from portal.conventions.service.papers import box_here, countersign, type_tally
from portal.conventions.service.roll import BadRoll, line_here, read_roll
from portal.conventions.service.rounds import MANAGE, REVIEW, round_here
from portal.conventions.service.votes import call_vote, decide_vote, void_vote
from portal.conventions.service.voting import vote_here
from portal.conventions.views.blueprint import bp
from portal.conventions.views.votes import WORDS
from portal.kernel.clock import now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "conventions/desk/votes"
SAVED = _l("Saved.")
CALLED = _l("The vote is announced. The roll is frozen.")
DECIDED = _l("Counted. Everybody can read the result now.")


@bp.route("/desk/conventions/<number>/votes/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_vote_new(number: str) -> ResponseReturnValue:
    """Call a vote: when, how, and who is on the roll."""
    row, form = round_here(reading(), current_actor(), number), CallForm()
    form.offer(row.rule)
    page: dict[str, Any] = {"row": row, "rule": row.rule}
    lines, flaws = _lines(form)
    if lines is None:
        return render_template(f"{FOLDER}/new.html", form=form, flaws=flaws, **page), 422
    act = partial(_call, row.number, form, lines)
    return answer(form, f"{FOLDER}/new.html", act, thanks=CALLED, flaws=flaws, **page)


def _lines(form: CallForm) -> tuple[list[RollLine] | None, list[tuple[int, str]]]:
    """The roll, None when it is refused, and what is wrong with it. A long file is read before
    anybody has to wait for the transaction."""
    if not (form.is_submitted() and form.validate()):
        return [], []
    typed = form.typed.data or ""
    try:
        return read_roll(typed, form.content(), form.chosen_encoding(), form.chosen()), []
    except Refused as refusal:
        form.refuse(refusal)
        return None, _flaws(refusal)


def _flaws(refusal: Refused) -> list[tuple[int, str]]:
    found = refusal.flaws if isinstance(refusal, BadRoll) else []
    return [(flaw.line, str(FLAWS[flaw.code]) % flaw.facts) for flaw in found]


def _call(number: str, form: CallForm, lines: list[RollLine], session: Session) -> str:
    made = call_vote(
        session, current_actor(), number, form.wish(instance().city.zone), lines,
        link=url_for("conventions.vote", number="NUMBER", _external=True), now=now(),
    )  # fmt: skip
    return url_for("conventions.desk_vote", number=made)


@bp.get("/desk/votes/<number>")
@requires(MANAGE)
def desk_vote(number: str) -> ResponseReturnValue:
    """A vote with everything that can be done now. Whoever has not counted sees no count."""
    row = vote_here(reading(), current_actor(), number)
    person_id = current_actor().person_id
    return render_template(
        f"{FOLDER}/one.html", row=row, phase=row.phase(now()), roll=turnout(reading(), row.id),
        boxes=[(box, box.by(person_id)) for box in boxes_of(reading(), row.id)],
        unsettled=unsettled_papers(reading(), row.id), choices=CHOICES, every=list(Choice),
        reviews=current_actor().may(REVIEW, place_path=row.place_path), **WORDS,
    )  # fmt: skip


@bp.get("/desk/votes/<number>/roll")
@requires(MANAGE)
def desk_roll(number: str) -> ResponseReturnValue:
    """The roll, page by page."""
    row = vote_here(reading(), current_actor(), number)
    asked = request.args.get("after", "")[:6]
    after = int(asked) if asked.isascii() and asked.isdigit() else 0
    found = roll_page(reading(), row.id, after)
    rows = found[:ROLL_PAGE]
    return render_template(
        f"{FOLDER}/roll.html", row=row, rows=rows,
        following=rows[-1].roll if len(found) > ROLL_PAGE else None,
    )  # fmt: skip


@bp.route("/desk/votes/<number>/roll/<roll>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_roll_line(number: str, roll: str) -> ResponseReturnValue:
    """One line: a paper is noted or typed, a mark taken back, an elector struck off."""
    row, line = line_here(reading(), current_actor(), number, roll)
    form, asked = LineForm(), line.unmark_by == current_actor().person_id is not None
    form.offer(row.ballot, asked=asked)

    def act(session: Session) -> str:
        chosen, reason = form.chosen(), form.reason.data or ""
        act_on_line(session, current_actor(), row.number, line.roll, chosen, reason, now=now())
        return url_for("conventions.desk_roll", number=row.number)

    return answer(
        form, f"{FOLDER}/line.html", act, thanks=SAVED, row=row, line=line, mine=_mine(line.id),
        choices=CHOICES, asked=asked,
    )  # fmt: skip


def _mine(elector_id: UUID) -> list[Entry]:
    """What I typed myself of a paper, and nothing of anybody else."""
    found = entries_of(reading(), elector_id)
    return [one for one in found if one.typed_by == current_actor().person_id]


@bp.route("/desk/votes/<number>/papers", methods=["GET", "POST"])
@requires(MANAGE)
def desk_tally(number: str) -> ResponseReturnValue:
    """Type what lies in a box."""
    row, form = vote_here(reading(), current_actor(), number), TallyForm()

    def act(session: Session) -> str:
        type_tally(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.desk_vote", number=row.number)

    return answer(form, f"{FOLDER}/tally.html", act, thanks=SAVED, row=row)


@bp.route("/desk/votes/<number>/papers/<uuid:entry>/sign", methods=["GET", "POST"])
@requires(REVIEW)
def desk_tally_sign(number: str, entry: UUID) -> ResponseReturnValue:
    """The street compares a count with its photo and signs it."""
    row, box = box_here(reading(), current_actor(), number, entry)
    form = SureForm()
    seen, form.seen.data = form.seen.data or "", box.entries[0].mark

    def act(session: Session) -> str:
        countersign(session, current_actor(), row.number, entry, seen=seen, now=now())
        return url_for("conventions.desk_vote", number=row.number)

    return answer(
        form, f"{FOLDER}/sign.html", act, thanks=SAVED, row=row, box=box, choices=CHOICES,
        every=list(Choice),
    )  # fmt: skip


@bp.get("/desk/votes/<number>/papers/<uuid:entry>/photo")
@requires(REVIEW)
def desk_tally_photo(number: str, entry: UUID) -> ResponseReturnValue:
    """The photo of a count."""
    _row, box = box_here(reading(), current_actor(), number, entry)
    try:
        response = make_response(instance().blobs.open(box.entries[0].photo_key or ""))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/desk/votes/<number>/count", methods=["GET", "POST"])
@requires(MANAGE)
def desk_count(number: str) -> ResponseReturnValue:
    """Count a vote that is over: the text goes on, or back."""
    row, form = vote_here(reading(), current_actor(), number), CountForm()
    asked = women_asked(row.kind, row.kind_version, row.electorate)
    act = partial(_count, row.number, form)
    return answer(
        form, f"{FOLDER}/count.html", act, thanks=DECIDED, row=row, asked=asked,
        roll=turnout(reading(), row.id), phase=row.phase(now()), **WORDS,
    )  # fmt: skip


def _count(number: str, form: CountForm, session: Session) -> str:
    decide_vote(session, current_actor(), number, form.women.data, now=now())
    return url_for("conventions.vote", number=number)


@bp.route("/desk/votes/<number>/void", methods=["GET", "POST"])
@requires(MANAGE)
def desk_vote_void(number: str) -> ResponseReturnValue:
    """Take a vote back that was called by mistake."""
    row, form = vote_here(reading(), current_actor(), number), WhyForm()

    def act(session: Session) -> str:
        void_vote(session, current_actor(), row.number, form.reason.data or "", now=now())
        return url_for("conventions.desk_convention", number=row.round_number)

    return answer(form, f"{FOLDER}/void.html", act, thanks=SAVED, row=row)
