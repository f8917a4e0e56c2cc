"""Community benefits for residents: what there is, having one kept, fetching or cancelling it."""

from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.benefits import PlainForm, RedeemForm
from credit.labels.benefits import REDEMPTION_STATES
from credit.queries.accounts import Balance, accounts_of
from credit.queries.benefits import (
    PAGE,
    BenefitRow,
    benefit,
    offered,
    places_with_offers,
    redemptions_of,
)
from credit.rules.benefits import benefit_kinds, never_offered
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service.redeeming import (
    cancel_redemption,
    code_of,
    own_redemption,
    redeem,
)
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import AreaRow, area_by_code, areas_by_codes, areas_by_ids
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading


@bp.get("/credit/benefits")
@public
def benefits() -> ResponseReturnValue:
    """What is offered for points, place by place."""
    area = area_by_code(reading(), request.args.get("area", "")[:40])
    after = clean_number(request.args.get("after", "")[:40])
    found = offered(reading(), _today(), path=area.path if area else "/", after=after)
    return render_template("credit/benefits/list.html", area=area, **_listed(found))


def _today() -> date:
    return city_day(now(), instance().city.zone)


def _listed(found: list[BenefitRow]) -> dict[str, Any]:
    """One page of offers, and where the next one begins."""
    rows = found[:PAGE]
    return {
        "rows": rows,
        "next_after": rows[-1].code if len(found) > PAGE else None,
        "streets": _streets(),
        "places": areas_by_ids(reading(), {row.area_id for row in rows}),
        "never": never_offered(),
        "points": _points(),
        **_words(),
    }


def _streets() -> list[AreaRow]:
    """The places by which the list can be narrowed: those just below the city, with an offer."""
    deep = {codes_of(path)[:2][-1] for path in places_with_offers(reading(), _today())}
    return sorted(areas_by_codes(reading(), deep).values(), key=lambda area: area.path)


def _words() -> dict[str, Any]:
    """What every page of benefits says: kinds and states."""
    return {"kinds": benefit_kinds(), "redemption_states": REDEMPTION_STATES, "now": now()}


def _accounts() -> list[Balance]:
    """The reader's accounts of points."""
    person_id = current_actor().person_id
    mine = accounts_of(reading(), Party.PERSON, person_id) if person_id else []
    return [account for account in mine if account.unit is Unit.POINTS]


def _points(district: str | None = None) -> int | None:
    """What the reader can spend, there or in all of the city; None: she has no account."""
    found = [account for account in _accounts() if district in {None, account.district}]
    return sum(account.available for account in found) if found else None


@bp.get("/credit/benefits/<code>")
@public
def show_benefit(code: str) -> ResponseReturnValue:
    """One offer: what it is, where, until when, for how many points."""
    row = _shown(code)
    form = RedeemForm(formdata=None, data={"price": str(row.price)})
    return render_template("credit/benefits/show.html", form=form, **_about(row))


def _shown(code: str) -> BenefitRow:
    """An offer that residents may see: one that is checked; others are Missing."""
    row = benefit(reading(), code)
    if row is None or row.checked_at is None:
        raise Missing
    return row


def _about(row: BenefitRow) -> dict[str, Any]:
    accounts = [account.account_id for account in _accounts()]
    kept = redemptions_of(reading(), accounts, benefit_id=row.id)
    return {
        "row": row,
        "points": _points(row.district),
        "place": areas_by_ids(reading(), [row.area_id]).get(row.area_id),
        "to_be_had": row.to_be_had(_today()),
        "kept": [one for one in kept if one.open_at(now())],
        **_words(),
    }


@bp.post("/credit/benefits/<code>/redeem")
@signed_in
def redeem_benefit(code: str) -> ResponseReturnValue:
    """Have one kept: her points are held until it is handed out."""
    row, form = _shown(code), RedeemForm()
    return answer(
        form,
        "credit/benefits/show.html",
        partial(_redeem, code, form),
        thanks=_l("It is kept for you."),
        **_about(row),
    )


def _redeem(code: str, form: RedeemForm, session: Session) -> str:
    number = redeem(session, current_actor(), code, price=form.points, now=now())
    return url_for("credit.my_redemption", number=number)


@bp.get("/credit/benefits/mine")
@signed_in
def my_redemptions() -> ResponseReturnValue:
    """What is and was kept for me."""
    rows = redemptions_of(reading(), [account.account_id for account in _accounts()])
    return render_template("credit/benefits/mine.html", rows=rows, points=_points(), **_words())


@bp.get("/credit/benefits/mine/<number>")
@signed_in
def my_redemption(number: str) -> ResponseReturnValue:
    """The code that fetches it, as words and as a picture to scan; until when."""
    return render_template("credit/benefits/kept.html", form=PlainForm(), **_kept(number))


def _kept(number: str) -> dict[str, Any]:
    row = own_redemption(reading(), current_actor(), number)
    code = code_of(reading(), row.id) if row.open_at(now()) else None
    address = f"{instance().config.origin}{url_for('credit.hand_out')}?code={code}"
    return {
        "row": row,
        "code": code,
        "qr": qr_svg(address) if code else None,
        "place": areas_by_ids(reading(), [row.benefit.area_id]).get(row.benefit.area_id),
        **_words(),
    }


@bp.post("/credit/benefits/mine/<number>/cancel")
@signed_in
def cancel_benefit(number: str) -> ResponseReturnValue:
    """Give it back: the points are free again."""
    return answer(
        PlainForm(),
        "credit/benefits/kept.html",
        partial(_cancel, number),
        thanks=_l("Cancelled. Your points are free again."),
        **_kept(number),
    )


def _cancel(number: str, session: Session) -> str:
    cancel_redemption(session, current_actor(), number, now=now())
    return url_for("credit.my_redemptions")
