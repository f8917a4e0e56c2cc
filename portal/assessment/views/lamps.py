"""The desk's page of street lamps: how many there are in each street (R120)."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.assessment.forms import LampsForm
from portal.assessment.queries.registers import registered
from portal.assessment.rules.sets import LAMPS
from portal.assessment.service.registers import LampsWish, record_lamps, streets_with_lamps
from portal.assessment.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


@bp.route("/desk/assessment/lamps", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_DECIDE)
def lamps() -> ResponseReturnValue:
    """Put down how many street lamps a street has."""
    today = city_day(now(), instance().city.zone)
    form, streets = LampsForm(day=today), streets_with_lamps(reading(), today)
    form.offer(streets)
    known = registered(reading(), LAMPS, today)
    return answer(
        form, "assessment/desk/lamps.html", partial(_record, form), thanks=_l("Saved."),
        rows=[(one, known.get((one.group, one.code))) for one in streets],
    )  # fmt: skip


def _record(form: LampsForm, session: Session) -> str:
    wish = LampsWish(*form.chosen(), form.day.data, form.number.data or 0, form.source.data or "")
    record_lamps(session, current_actor(), wish, now=now())
    return url_for("assessment.lamps")
