"""Estates: the five-party page everybody reads, and the register of owners' committees."""

from typing import Any, Final
from uuid import UUID

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.community import EndForm, NamedForm
from portal.conventions.forms.estates import (
    CommitteeForm,
    EstateForm,
    FilingForm,
    MemberForm,
    PartyForm,
)
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.community import ALARMS, PARTIES
from portal.conventions.queries.estates import (
    PAGE,
    committee_of,
    committees_page,
    estate_by_number,
    members_of,
    parties_of,
    seats_held_by,
)
from portal.conventions.service.estates import (
    FILE,
    add_estate,
    add_member,
    committee_here,
    end_committee,
    end_member,
    enter_committee,
    estate_here,
    file_committee,
    hide_member_name,
    member_here,
    name_my_seat,
    save_party,
)
from portal.conventions.service.places import MANAGE, place_here
from portal.conventions.views.blueprint import bp
from portal.conventions.views.communities import today
from portal.conventions.views.community_desk import NO_NAME, form_page, place_code
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import Words

FOLDER: Final = "conventions/estates"
SAVED: Final = _l("Saved.")


@bp.get("/estates/<number>")
@public
def estate(number: str) -> ResponseReturnValue:
    """An estate: who of the five parties does what (R136), and its owners' committee."""
    row = estate_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    committee, actor = committee_of(reading(), row.id), current_actor()
    members = members_of(reading(), committee.id) if committee else []
    return render_template(
        f"{FOLDER}/one.html", row=row, on=today(), names=PARTIES, committee=committee,
        area=areas_by_ids(reading(), [row.area_id])[row.area_id],
        parties=parties_of(reading(), row.id),
        members=[one for one in members if one.holds(today())],
        manages=actor.may(MANAGE, place_path=row.place_path),
        files=actor.may(FILE, place_path=row.place_path),
    )  # fmt: skip


@bp.route("/desk/communities/<code>/estates/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_estate_new(code: str) -> ResponseReturnValue:
    """Enter an estate."""
    area, form = place_here(reading(), current_actor(), code), EstateForm()

    def act(session: Session) -> None:
        title, homes = form.title.data or "", form.homes.data
        add_estate(session, current_actor(), area.code, title, homes, now=now())

    return form_page(form, act, _l("Enter an estate"), area.code)


@bp.route("/desk/estates/<number>/party", methods=["GET", "POST"])
@requires(MANAGE)
def desk_party(number: str) -> ResponseReturnValue:
    """Write down what one of the five parties does; ``?party=`` chooses which."""
    row = estate_here(reading(), current_actor(), number)
    known = {party.value: one for party, one in parties_of(reading(), row.id).items()}
    asked = request.args.get("party", "")[:32]
    form = PartyForm(data=vars(known[asked]) if asked in known else {"party": asked})

    def act(session: Session) -> None:
        save_party(session, current_actor(), row.number, form.wish(), now=now())

    return form_page(form, act, _l("One of the five parties"), place_code(row), about=row.title)


@bp.get("/desk/owners/")
@requires(FILE)
def desk_owners() -> ResponseReturnValue:
    """The filing register of my places, whose term ends first, and what is due."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = committees_page(reading(), current_actor().places_for(FILE), after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/desk/register.html", rows=rows, alarms=ALARMS, on=today(),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/desk/owners/<number>")
@requires(FILE)
def desk_committee(number: str) -> ResponseReturnValue:
    """A committee with its members, and what can be done."""
    row = committee_here(reading(), current_actor(), number)
    return render_template(
        f"{FOLDER}/desk/committee.html", row=row, alarms=ALARMS, on=today(),
        members=members_of(reading(), row.id, names=True),
    )  # fmt: skip


def _register_page(
    form: Form, act: Any, title: Words, row: Any, **more: Any
) -> ResponseReturnValue:  # fmt: skip
    """A form of the register; ``row``: the committee to which it leads back."""

    def done(session: Session) -> str:
        act(session)
        return url_for("conventions.desk_committee", number=row.number)

    return answer(
        form, f"{FOLDER}/desk/form.html", done, thanks=SAVED, title=title, row=row, **more
    )


@bp.route("/desk/estates/<number>/committee", methods=["GET", "POST"])
@requires(FILE)
def desk_committee_new(number: str) -> ResponseReturnValue:
    """Enter the committee of an estate."""
    row, form = estate_here(reading(), current_actor(), number, FILE), CommitteeForm()

    def act(session: Session) -> str:
        enter_committee(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.desk_owners")

    return answer(
        form, f"{FOLDER}/desk/form.html", act, thanks=SAVED, title=_l("Enter an owners’ committee"),
        about=row.title, files=True,
    )  # fmt: skip


@bp.route("/desk/owners/<number>/filing", methods=["GET", "POST"])
@requires(FILE)
def desk_committee_filing(number: str) -> ResponseReturnValue:
    """File it for record."""
    row, form = committee_here(reading(), current_actor(), number), FilingForm()

    def act(session: Session) -> None:
        file_committee(session, current_actor(), row.number, form.filing(), now=now())

    return _register_page(form, act, _l("File it for record"), row, files=True)


@bp.route("/desk/owners/<number>/end", methods=["GET", "POST"])
@requires(FILE)
def desk_committee_end(number: str) -> ResponseReturnValue:
    """Its work is over."""
    row = committee_here(reading(), current_actor(), number)
    form = EndForm(data={"ends_on": today()})

    def act(session: Session) -> None:
        end_committee(session, current_actor(), row.number, form.ends_on.data, now=now())

    return _register_page(form, act, _l("Its work is over"), row)


@bp.route("/desk/owners/<number>/members/new", methods=["GET", "POST"])
@requires(FILE)
def desk_member_new(number: str) -> ResponseReturnValue:
    """Enter a member."""
    row, form = committee_here(reading(), current_actor(), number), MemberForm()

    def act(session: Session) -> None:
        add_member(session, current_actor(), row.number, form.wish(), now=now())

    return _register_page(form, act, _l("Enter a member"), row)


@bp.route("/desk/owners/<number>/members/<uuid:member>/end", methods=["GET", "POST"])
@requires(FILE)
def desk_member_end(number: str, member: UUID) -> ResponseReturnValue:
    """A member leaves."""
    row = committee_here(reading(), current_actor(), number)
    member_here(reading(), current_actor(), number, member)
    form = EndForm(data={"ends_on": today()})

    def act(session: Session) -> None:
        end_member(session, current_actor(), row.number, member, form.ends_on.data)

    return _register_page(form, act, _l("A member leaves"), row)


@bp.route("/desk/owners/<number>/members/<uuid:member>/hide", methods=["GET", "POST"])
@requires(FILE)
def desk_member_hide(number: str, member: UUID) -> ResponseReturnValue:
    """She took her consent back: her name is shown no more."""
    row, form = committee_here(reading(), current_actor(), number), SureForm()
    found = member_here(reading(), current_actor(), number, member)

    def act(session: Session) -> None:
        hide_member_name(session, current_actor(), row.number, member, now=now())

    return _register_page(form, act, NO_NAME, row, about=found.office)


@bp.get("/desk/owners/<number>/document")
@requires(FILE)
def desk_committee_document(number: str) -> ResponseReturnValue:
    """The photo of the filing."""
    row = committee_here(reading(), current_actor(), number)
    try:
        response = make_response(instance().blobs.open(row.document_key or ""))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/me/seats/<uuid:member>", methods=["GET", "POST"])
@signed_in
def my_seat(member: UUID) -> ResponseReturnValue:
    """Let my name be shown in the register of owners' committees, or no longer."""
    form, held = NamedForm(), seats_held_by(reading(), current_actor().person_id)
    row = next((one for one in held if one.id == member), None)
    if row is None:
        raise Missing

    def act(session: Session) -> str:
        name_my_seat(session, current_actor(), member, shown=form.shown(), now=now())
        return url_for("conventions.my_offices")

    return answer(form, "conventions/offices/name.html", act, thanks=SAVED, row=row, seat=True)
