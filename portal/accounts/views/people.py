"""Administration of people: find, add, give and end roles."""

from functools import partial

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, requires
from portal.accounts.forms import NewPersonForm, PlainForm, RoleForm
from portal.accounts.queries import (
    PersonDetails,
    PersonRow,
    find_people,
    own_details,
    person_by_number,
)
from portal.accounts.rules import Permission
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import Act, answer
from portal.kernel.web import Session, instance, reading, write_on_get

DONE = _l("Done.")


@bp.get("/admin/people")
@requires(Permission.PEOPLE_MANAGE)
def people() -> ResponseReturnValue:
    """Staff of one's places by name; anybody by exact phone or number."""
    words, after = request.args.get("q", ""), request.args.get("after")
    rows, following = find_people(reading(), current_actor(), words, after, now())
    return render_template(
        "accounts/people.html", rows=rows, words=words, following=following, after=after
    )


@bp.route("/admin/people/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def new_person() -> ResponseReturnValue:
    """Open an account for somebody who will work here; she signs in with her phone."""
    form = NewPersonForm()
    return answer(form, "accounts/new_person.html", partial(_add, form), thanks=DONE)


def _add(form: NewPersonForm, session: Session) -> str:
    new = service.NewPerson(name=form.name.data, phone=form.phone.data)
    person = service.add_person(session, new, now=now())
    return url_for("accounts.person", number=person.number)


def _known(number: str) -> PersonRow:
    found = person_by_number(reading(), number)
    if found is None:
        raise Missing
    return found


@bp.get("/admin/people/<number>")
@requires(Permission.PEOPLE_MANAGE)
def person(number: str) -> ResponseReturnValue:
    """One person with her roles. The look is logged, and she can see it."""
    found = _known(number)
    write_on_get(partial(_note_look, found))
    card = own_details(reading(), found.id, now())
    return render_template("accounts/person.html", person=card, form=PlainForm(), grant=RoleForm())


def _note_look(found: PersonRow, session: Session) -> None:
    service.note_person_look(session, current_actor(), found.id, found.number, now=now())


def _changed(act: Act, card: PersonDetails) -> ResponseReturnValue:
    """Run a one-button form of the person's page; a refusal is said above the page."""
    template, empty = "accounts/person.html", RoleForm(formdata=None)
    return answer(PlainForm(), template, act, thanks=DONE, person=card, grant=empty)


@bp.post("/admin/people/<number>/roles")
@requires(Permission.ROLE_GRANT)
def grant_role(number: str) -> ResponseReturnValue:
    """Give a role."""
    found, form = _known(number), RoleForm()
    card = own_details(reading(), found.id, now())
    act = partial(_grant, form, found)
    return answer(form, "accounts/person.html", act, thanks=DONE, person=card, grant=form)


def _grant(form: RoleForm, found: PersonRow, session: Session) -> str:
    until = form.valid_to(instance().city.zone)
    wish = service.Wish(form.role.data, form.area.data or "", form.organisation.data or "", until)
    service.grant_wish(session, current_actor(), found.id, wish, now=now())
    return url_for("accounts.person", number=found.number)


@bp.post("/admin/people/<number>/roles/<holding>/end")
@requires(Permission.ROLE_GRANT)
def end_role(number: str, holding: str) -> ResponseReturnValue:
    """End a role."""
    found = _known(number)
    card = own_details(reading(), found.id, now())
    if holding not in {held.number for held in card.held}:
        abort(404)
    act = partial(_end, found, holding)
    return _changed(act, card)


def _end(found: PersonRow, holding: str, session: Session) -> str:
    service.end_role(session, current_actor(), holding, now=now())
    return url_for("accounts.person", number=found.number)


@bp.post("/admin/people/<number>/second-step")
@requires(Permission.PEOPLE_MANAGE)
def reset_factor(number: str) -> ResponseReturnValue:
    """Take away the second step of somebody who lost it."""
    found = _known(number)
    card = own_details(reading(), found.id, now())
    act = partial(_reset, found)
    return _changed(act, card)


def _reset(found: PersonRow, session: Session) -> str:
    service.reset_second_factor(session, current_actor(), found.number, now=now())
    return url_for("accounts.person", number=found.number)
