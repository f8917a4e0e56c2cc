"""Qualifications and guardians: handing in, checking, asking, agreeing."""

from functools import partial

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.rules.guardian import GuardianRefusal
from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import AgeBand, Permission
from portal.areas.queries import children_of, root_areas
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from volunteers.forms.signing_up import (
    CheckForm,
    GuardianForm,
    GuardianYesForm,
    PlainForm,
    QualificationForm,
)
from volunteers.queries.volunteers import (
    age_of,
    guardian_of,
    in_care_of,
    qualification_by_number,
    qualifications_of,
    to_check,
)
from volunteers.service import guardians, qualifications
from volunteers.views.blueprint import bp
from volunteers.views.common import WORDS, me


@bp.get("/volunteers/qualifications")
@signed_in
def my_qualifications() -> ResponseReturnValue:
    """What I have handed in, and where it stands."""
    rows = qualifications_of(reading(), me())
    today = city_day(now(), instance().city.zone)
    return render_template(
        "volunteers/sign_up/qualifications.html", rows=rows, today=today, **WORDS
    )


@bp.route("/volunteers/qualifications/new", methods=["GET", "POST"])
@signed_in
def new_qualification() -> ResponseReturnValue:
    """Hand one in with a picture; the desk of a place checks it."""
    form = QualificationForm()
    form.offer(_places())
    return answer(
        form, "volunteers/sign_up/new_qualification.html", partial(_hand_in, form),
        thanks=_l("Handed in. You are told when it is checked."),
    )  # fmt: skip


def _places() -> list[tuple[str, str]]:
    roots = root_areas(reading())
    below = [area for root in roots for area in children_of(reading(), root.code)]
    return [(area.code, in_words(area.names)) for area in below or roots]


def _hand_in(form: QualificationForm, session: Session) -> str:
    qualifications.hand_in(
        session, me(), code=form.code.data, place=form.place.data,
        valid_from=form.valid_from.data, valid_to=form.valid_to.data, photos=form.photos.data,
        now=now(),
    )  # fmt: skip
    return url_for("volunteers.my_qualifications")


@bp.get("/desk/volunteers/qualifications")
@requires(Permission.VOLUNTEER_CHECK)
def desk_qualifications() -> ResponseReturnValue:
    """What waits for a check in my places."""
    rows = to_check(reading(), current_actor().places_for(Permission.VOLUNTEER_CHECK))
    return render_template(
        "volunteers/desk/qualifications.html", rows=rows,
        people=people_by_ids(reading(), [row.person_id for row in rows]), **WORDS,
    )  # fmt: skip


@bp.route("/desk/volunteers/qualifications/<number>", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER_CHECK)
def desk_qualification(number: str) -> ResponseReturnValue:
    """One of them: the picture, and whether it holds."""
    row = qualification_by_number(reading(), number)
    if row is None or not qualifications.may_check(current_actor(), row):
        raise Missing
    form = CheckForm()
    return answer(
        form, "volunteers/desk/qualification.html", partial(_check, number, form),
        thanks=_l("Written down, and she is told."), row=row,
        people=people_by_ids(reading(), [row.person_id]), **WORDS,
    )  # fmt: skip


def _check(number: str, form: CheckForm, session: Session) -> str:
    qualifications.check_qualification(
        session, current_actor(), number, good=form.good.data == "yes",
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("volunteers.desk_qualifications")


@bp.get("/desk/volunteers/qualifications/<number>/photo")
@requires(Permission.VOLUNTEER_CHECK)
def qualification_photo(number: str) -> ResponseReturnValue:
    """The picture of the evidence, for whoever checks it; gone when it is checked."""
    row = qualifications.checkable(reading(), current_actor(), number)
    key = row.thumbnail_key if "small" in request.args else row.blob_key
    if key is None:
        raise Missing
    response = Response(instance().blobs.open(key), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/volunteers/guardian", methods=["GET", "POST"])
@signed_in
def guardian() -> ResponseReturnValue:
    """A child asks her guardian; a guardian sees for whom she has agreed."""
    form = GuardianForm()
    cared = in_care_of(reading(), me())
    return answer(
        form, "volunteers/sign_up/guardian.html", partial(_ask, form),
        thanks=_l("The link was sent to that number."), row=guardian_of(reading(), me()),
        child=age_of(reading(), me()) is AgeBand.UNDER_14, cared=cared, now=now(),
        people=people_by_ids(reading(), [one.child_id for one in cared]),
    )  # fmt: skip


def _ask(form: GuardianForm, session: Session) -> str:
    guardians.ask(session, me(), form.phone.data or "", language=current_language(), now=now())
    return url_for("volunteers.guardian")


@bp.route("/volunteers/guardian/<token>", methods=["GET", "POST"])
@signed_in
def agree_as_guardian(token: str) -> ResponseReturnValue:
    """Behind the link: what is asked, for whom, and yes. Doing nothing is no."""
    row, refusal = guardians.request_for(reading(), token, me(), now=now())
    if refusal is not None:
        return _not_yours(refusal)
    form = GuardianYesForm()
    return answer(
        form, "volunteers/sign_up/agree.html", partial(_agree, token, form), row=row,
        thanks=_l("Thank you. You can end it here any time."),
        people=people_by_ids(reading(), [row.child_id]),
    )  # fmt: skip


def _not_yours(refusal: GuardianRefusal) -> ResponseReturnValue:
    return render_template("volunteers/sign_up/not_yours.html", why=say(refusal)), 403


def _agree(token: str, form: GuardianYesForm, session: Session) -> str:
    guardians.agree(session, token, me(), states=bool(form.states.data), now=now())
    return url_for("volunteers.guardian")


@bp.route("/volunteers/guardians/<number>/end", methods=["GET", "POST"])
@signed_in
def end_guardian(number: str) -> ResponseReturnValue:
    """End the yes; the child's coming seats go to others."""
    own = [*in_care_of(reading(), me()), guardian_of(reading(), me())]
    if not any(row is not None and row.number == number for row in own):
        raise Missing
    return answer(
        PlainForm(), "volunteers/sign_up/end_guardian.html", partial(_end, number),
        thanks=_l("It has ended."),
    )  # fmt: skip


def _end(number: str, session: Session) -> str:
    guardians.end_yes(session, number, me(), now=now())
    return url_for("volunteers.guardian")
