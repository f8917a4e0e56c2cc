"""An adopter's own pages: what she adopted, its care log, leaving, being shown."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.accounts.queries import people_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.adoption import CareForm, NameForm, ReasonForm, SureForm
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    MemberRow,
    adoptions_of,
    belongs,
    events_of,
    members_of,
)
from volunteers.queries.adoption.care import care_of_adoption, inspections_of
from volunteers.queries.adoption.plots import photos_of_care
from volunteers.rules.adoption.life import AdoptionState, Role, Step, Who, steps_from
from volunteers.service.adoption.applying import withdraw
from volunteers.service.adoption.care import void_own_care, write_care
from volunteers.service.adoption.found import own_adoption, plot_of
from volunteers.service.adoption.looking_after import give_notice, stay
from volunteers.service.adoption.members import show_name
from volunteers.service.adoption.settings import settings_of
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import about_plot, places_of, words
from volunteers.views.adoption.public import plots_of

WRITTEN = _l("Written into the log. It counts when the desk has confirmed it.")
DONE = _l("Done.")
ONE = "volunteers/adoption/mine_one.html"
# what one click does, and what is asked before
ACTS: dict[str, Any] = {
    Step.WITHDRAW.value: withdraw,
    Step.GIVE_NOTICE.value: give_notice,
    Step.STAY.value: stay,
}


@bp.get("/me/adoptions")
@signed_in
def my_adoptions() -> ResponseReturnValue:
    """What I adopted, applied for or take part in."""
    rows = adoptions_of(reading(), current_actor().person_id)
    plots = plots_of(rows)
    return render_template(
        "volunteers/adoption/mine.html", rows=rows, plots=plots,
        places=places_of(plots.values()), **words(),
    )  # fmt: skip


@bp.get("/me/adoptions/<number>")
@signed_in
def my_adoption(number: str) -> ResponseReturnValue:
    """One of mine: how far it is, what I can do, its log."""
    row, member = own_adoption(reading(), current_actor(), number)
    return render_template(ONE, form=SureForm(formdata=None), **about_mine(row, member))


def about_mine(row: AdoptionRow, member: MemberRow | None) -> dict[str, Any]:
    """What my page shows. Whoever only asks to join reads nothing of the others."""
    if member is not None and member.role is Role.ASKED:
        return {"row": row, "member": member, "asked_only": True, **about_plot(_plot(row))}
    members = members_of(reading(), [row.id]).get(row.id, [])
    care = care_of_adoption(reading(), row.id)
    leads = (member is not None and member.role is Role.LEAD) or (
        row.state is AdoptionState.APPLIED
    )
    return {
        "row": row,
        "member": member,
        "asked_only": False,
        "members": members,
        "people": people_by_ids(reading(), [one.person_id for one in members]),
        "leads": leads,
        "me": current_actor().person_id,
        "may": steps_from(row.state, Who.ADOPTER) if leads else (),
        "events": events_of(reading(), row.id),
        "care": care,
        "care_photos": photos_of_care(reading(), [one.id for one in care]),
        "inspections": inspections_of(reading(), row.plot_id),
        "limits": settings_of(reading()),
        **about_plot(_plot(row)),
    }


def _plot(row: AdoptionRow) -> Any:
    return plot_of(reading(), row)


@bp.route("/me/adoptions/<number>/do/<step>", methods=["GET", "POST"])
@signed_in
def my_step(number: str, step: str) -> ResponseReturnValue:
    """Withdraw, give notice, or stay: told first what it does."""
    row, member = own_adoption(reading(), current_actor(), number)
    if step not in ACTS:
        raise Missing
    about = {**about_mine(row, member), "step": step}
    return answer(
        SureForm(), "volunteers/adoption/my_step.html", partial(_take, row.number, step),
        thanks=DONE, **about,
    )  # fmt: skip


def _take(number: str, step: str, session: Session) -> str:
    ACTS[step](session, current_actor(), number, now=now())
    return url_for("adoption.my_adoption", number=number)


@bp.route("/me/adoptions/<number>/care", methods=["GET", "POST"])
@signed_in
def my_care(number: str) -> ResponseReturnValue:
    """Write down what I did."""
    row, member = own_adoption(reading(), current_actor(), number)
    if not belongs(member):
        raise Missing
    plot = plot_of(reading(), row)
    form = CareForm(data={"day": city_day(now(), instance().city.zone)})
    form.offer(plot.kind)
    act = partial(_write, row.number, form)
    return answer(
        form, "volunteers/adoption/care.html", act, thanks=WRITTEN, row=row, **about_plot(plot)
    )


def _write(number: str, form: CareForm, session: Session) -> str:
    write_care(session, current_actor(), number, form.done(), now=now())
    return url_for("adoption.my_adoption", number=number)


@bp.route("/me/adoptions/<number>/care/<line>/strike", methods=["GET", "POST"])
@signed_in
def my_care_strike(number: str, line: str) -> ResponseReturnValue:
    """Strike out a line of mine, with a reason; it stays to be read."""
    row, member = own_adoption(reading(), current_actor(), number)
    care = next((c for c in care_of_adoption(reading(), row.id) if c.number == line), None)
    if care is None or member is None or care.person_id != member.person_id:
        raise Missing
    form = ReasonForm()
    act = partial(_strike, row.number, line, form)
    return answer(
        form, "volunteers/adoption/strike.html", act, thanks=DONE, row=row, care=care,
        back=url_for("adoption.my_adoption", number=row.number), **about_plot(_plot(row)),
    )  # fmt: skip


def _strike(number: str, line: str, form: ReasonForm, session: Session) -> str:
    reason = form.reason.data or ""
    void_own_care(session, current_actor(), number, line, reason, now=now())
    return url_for("adoption.my_adoption", number=number)


@bp.route("/me/adoptions/<number>/name", methods=["GET", "POST"])
@signed_in
def my_name(number: str) -> ResponseReturnValue:
    """Be shown under a name, or nowhere."""
    row, member = own_adoption(reading(), current_actor(), number)
    if member is None or member.role is Role.ASKED:
        raise Missing
    form = NameForm(data={"name": member.public_name})
    act = partial(_show, row.number, form)
    return answer(
        form, "volunteers/adoption/name.html", act, thanks=DONE, row=row, **about_plot(_plot(row))
    )


def _show(number: str, form: NameForm, session: Session) -> str:
    show_name(session, current_actor(), number, form.name.data or "")
    return url_for("adoption.my_adoption", number=number)
