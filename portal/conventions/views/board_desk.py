"""The board of a community at the desk: notices, the month's sheet, mobile stops, the atlas."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.board import NoticeForm, ServiceForm, SheetForm, StopForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.queries.board import notices_between
from portal.conventions.rules.board import days_of_month
from portal.conventions.service.board import (
    add_service,
    add_stop,
    call_stop_off,
    end_service,
    make_sheet,
    notice_here,
    put_up,
    save_service,
    service_here,
    stop_here,
    take_down,
)
from portal.conventions.service.places import MANAGE, place_here
from portal.conventions.views.blueprint import bp
from portal.conventions.views.communities import today
from portal.conventions.views.community_desk import form_page, place_code
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import Session, instance, reading


@bp.route("/desk/communities/<code>/notices/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_notice_new(code: str) -> ResponseReturnValue:
    """Hang a notice on the board."""
    area = place_here(reading(), current_actor(), code)
    form = NoticeForm(data={"starts_on": today()})

    def act(session: Session) -> None:
        put_up(session, current_actor(), area.code, form.wish(), now=now())

    return form_page(form, act, _l("Hang up a notice"), area.code)


@bp.route("/desk/notices/<number>/down", methods=["GET", "POST"])
@requires(MANAGE)
def desk_notice_down(number: str) -> ResponseReturnValue:
    """Take a notice down."""
    row, form = notice_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> None:
        take_down(session, current_actor(), row.number, now=now())

    return form_page(form, act, _l("Take the notice down"), place_code(row), about=row.title)


@bp.route("/desk/communities/<code>/sheet", methods=["GET", "POST"])
@requires(MANAGE)
def desk_sheet(code: str) -> ResponseReturnValue:
    """Choose what stands on the sheet of a month."""
    area = place_here(reading(), current_actor(), code)
    asked = request.args.get("month", "")[:7]
    month = asked if days_of_month(asked) else f"{today():%Y-%m}"
    form = SheetForm(data={"month": month})
    days = days_of_month((form.month.data or "").strip()) or days_of_month(month)
    form.offer(notices_between(reading(), area.id, *days) if days else [])

    def act(session: Session) -> None:
        chosen = form.numbers.data or ()
        make_sheet(session, current_actor(), area.code, form.month.data or "", chosen, now=now())

    return form_page(form, act, _l("The sheet of a month"), area.code)


@bp.route("/desk/communities/<code>/stops/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_stop_new(code: str) -> ResponseReturnValue:
    """Enter a stop of the mobile station."""
    area, form = place_here(reading(), current_actor(), code), StopForm()

    def act(session: Session) -> None:
        wish = form.wish(instance().city.zone)
        add_stop(session, current_actor(), area.code, wish, now=now())

    return form_page(form, act, _l("A stop of the mobile station"), area.code)


@bp.route("/desk/stops/<number>/off", methods=["GET", "POST"])
@requires(MANAGE)
def desk_stop_off(number: str) -> ResponseReturnValue:
    """The mobile station does not come."""
    row, form = stop_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> None:
        call_stop_off(session, current_actor(), row.number, now=now())

    return form_page(form, act, _l("Call the stop off"), place_code(row), about=row.located)


@bp.route("/desk/communities/<code>/services/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_service_new(code: str) -> ResponseReturnValue:
    """Enter a service of the atlas."""
    area, form = place_here(reading(), current_actor(), code), ServiceForm()

    def act(session: Session) -> None:
        add_service(session, current_actor(), area.code, form.wish(), now=now())

    return form_page(form, act, _l("A service of the atlas"), area.code)


@bp.route("/desk/services/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_service(number: str) -> ResponseReturnValue:
    """Put a service right."""
    row = service_here(reading(), current_actor(), number)
    form = ServiceForm(data=vars(row))

    def act(session: Session) -> None:
        save_service(session, current_actor(), row.number, form.wish(), now=now())

    return form_page(form, act, _l("A service of the atlas"), place_code(row))


@bp.route("/desk/services/<number>/end", methods=["GET", "POST"])
@requires(MANAGE)
def desk_service_end(number: str) -> ResponseReturnValue:
    """It is no longer offered."""
    row, form = service_here(reading(), current_actor(), number), SureForm()

    def act(session: Session) -> None:
        end_service(session, current_actor(), row.number, now=now())

    return form_page(form, act, _l("Take it out of the atlas"), place_code(row), about=row.title)
