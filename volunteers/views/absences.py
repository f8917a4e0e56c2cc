"""No-shows: all in one list on the desk; and her own page with her word on it."""

from functools import partial
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.on_the_day import AnswerForm, WordForm
from volunteers.labels.on_the_day import ABSENCE_STATES
from volunteers.queries.absences import PAGE, absence_by_number, absences_in, absences_of
from volunteers.rules.on_the_day import LONGEST_WORD
from volunteers.service.absences import (
    absence_here,
    decide_absence,
    own_absence,
    reply_to_absence,
)
from volunteers.views.blueprint import bp

MANAGE = Permission.SHIFT_MANAGE


@bp.get("/desk/volunteers/absences")
@requires(MANAGE)
def desk_absences() -> ResponseReturnValue:
    """All no-shows of one's places: those that wait for an answer, or every one."""
    every = request.args.get("all") == "1"
    places = current_actor().places_for(MANAGE)
    found = absences_in(reading(), places, open_only=not every, before=_before())
    rows = found[:PAGE]
    return render_template(
        "volunteers/desk/absences.html", rows=rows, every=every, states=ABSENCE_STATES,
        people=people_by_ids(reading(), {row.person_id for row in rows}),
        next_before=rows[-1].number if len(found) > PAGE else None, now=now(),
    )  # fmt: skip


def _before() -> UUID | None:
    """The no-show before which the list goes on."""
    number = clean_number(request.args.get("before", "")[:40])
    row = absence_by_number(reading(), number) if number else None
    return row.id if row else None


@bp.route("/desk/volunteers/absences/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_absence(number: str) -> ResponseReturnValue:
    """What she said, and the organiser's answer."""
    row = absence_here(reading(), number, current_actor())
    form = AnswerForm()
    act = partial(_decide, form, number)
    thanks = _l("Your answer is written down, and the person is told.")
    return answer(
        form, "volunteers/desk/absence.html", act, thanks=thanks, row=row, states=ABSENCE_STATES,
        people=people_by_ids(reading(), {row.person_id}), may_decide=row.may_decide(now()),
    )  # fmt: skip


def _decide(form: AnswerForm, number: str, session: Session) -> str:
    said = form.answer.data or ""
    decide_absence(session, current_actor(), number, accepted=form.said, answer=said, now=now())
    return url_for("volunteers.desk_absences")


@bp.get("/volunteers/absences")
@signed_in
def my_absences() -> ResponseReturnValue:
    """One's own no-shows."""
    person_id = current_actor().person_id
    rows = absences_of(reading(), person_id) if person_id else []
    page = "volunteers/day/my_absences.html"
    return render_template(page, rows=rows, states=ABSENCE_STATES)


@bp.route("/volunteers/absences/<number>", methods=["GET", "POST"])
@signed_in
def my_absence(number: str) -> ResponseReturnValue:
    """Say what happened, once, within one's time."""
    row = own_absence(reading(), number, current_actor())
    form = WordForm()
    act = partial(_reply, form, number)
    thanks = _l("Thank you. The organiser reads it and answers.")
    return answer(
        form, "volunteers/day/my_absence.html", act, thanks=thanks, row=row,
        states=ABSENCE_STATES, may_reply=row.may_reply(now()), longest=LONGEST_WORD,
    )  # fmt: skip


def _reply(form: WordForm, number: str, session: Session) -> str:
    reply_to_absence(session, current_actor(), number, form.words.data or "", now=now())
    return url_for("volunteers.my_absence", number=number)
