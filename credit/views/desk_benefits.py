"""Benefits at the desk: offering them, the second person's check, the stock, an end."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.benefits import (
    BenefitForm,
    CheckForm,
    CloseForm,
    PlainForm,
    StockForm,
    as_typed,
)
from credit.labels.benefits import BENEFIT_STATES, BENEFIT_STEPS
from credit.queries.benefits import (
    PAGE,
    BenefitRow,
    benefits_at_desk,
    held_counts,
    history_of,
)
from credit.rules.benefits import (
    BenefitStep,
    benefit_kinds,
    never_offered,
    offered_kinds,
    sounds_forbidden,
)
from credit.service.benefits import (
    benefit_to_manage,
    change_benefit,
    change_stock,
    check_benefit,
    close_benefit,
    offer_benefit,
    reopen_benefit,
)
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids, children_of, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import HTML_LANG, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

SAVED = _l("Saved.")
MANAGE = Permission.BENEFIT_MANAGE


@bp.get("/desk/benefits")
@requires(MANAGE)
def desk_benefits() -> ResponseReturnValue:
    """Every offer of my places, with its stock."""
    session, scopes = reading(), current_actor().places_for(MANAGE)
    after = clean_number(request.args.get("after", "")[:40])
    found = benefits_at_desk(session, scopes, after=after)
    rows = found[:PAGE]
    return render_template(
        "credit/benefits/desk.html",
        rows=rows,
        next_after=rows[-1].code if len(found) > PAGE else None,
        held=held_counts(session, [row.id for row in rows]),
        places=areas_by_ids(session, {row.area_id for row in rows}),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "kinds": benefit_kinds(),
        "never": never_offered(),
        "states": BENEFIT_STATES,
        "steps": BENEFIT_STEPS,
        "spoken": HTML_LANG,
    }


@bp.route("/desk/benefits/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_benefit() -> ResponseReturnValue:
    """Write an offer."""
    form = _form()
    form.offer_places([(area.code, in_words(area.names)) for area in _places()])
    return answer(
        form, "credit/benefits/edit.html", partial(_offer, form),
        thanks=_l("Saved. Somebody else has to check it before residents see it."),
        row=None, **_words(),
    )  # fmt: skip


def _form(**given: Any) -> BenefitForm:
    city = instance().city
    today = city_day(now(), city.zone)
    form = BenefitForm(data={"valid_from": today, **given})
    form.offer(offered_kinds(), city.languages, city.default_language)
    return form


def _places() -> list[AreaRow]:
    """Her own places and those just below them; for the whole city the same."""
    scopes = current_actor().places_for(MANAGE)
    codes = [codes_of(path)[-1] for path in scopes or ()]
    own = [area for code in codes if (area := area_by_code(reading(), code)) is not None]
    tops = root_areas(reading()) if scopes is None else own
    below = [area for top in tops for area in children_of(reading(), top.code)]
    return list({area.code: area for area in [*tops, *below]}.values())


def _offer(form: BenefitForm, session: Session) -> str:
    code = offer_benefit(
        session, current_actor(), form.wish(), area_code=form.area.data or "",
        stock=form.stock.data, now=now(),
    )  # fmt: skip
    return url_for("credit.desk_benefit", code=code)


@bp.get("/desk/benefits/<code>")
@requires(MANAGE)
def desk_benefit(code: str) -> ResponseReturnValue:
    """One offer, its stock and its history."""
    return render_template("credit/benefits/desk_one.html", form=PlainForm(), **_about(_mine(code)))


def _mine(code: str) -> BenefitRow:
    return benefit_to_manage(reading(), current_actor(), code)


def _about(row: BenefitRow) -> dict[str, Any]:
    history = history_of(reading(), row)
    return {
        "row": row,
        "history": history,
        "people": people_by_ids(reading(), {one.actor_id for one in history}),
        "place": areas_by_ids(reading(), [row.area_id]).get(row.area_id),
        "held": held_counts(reading(), [row.id]).get(row.id, 0),
        "own": row.writer_id == current_actor().person_id,
        **_words(),
    }


@bp.route("/desk/benefits/<code>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_benefit(code: str) -> ResponseReturnValue:
    """Write an offer anew; what is kept for people keeps its price."""
    row = _mine(code)
    form = _form(**as_typed(row.wish()))
    form.keep_place()
    form.look_at(row.version)
    return answer(
        form, "credit/benefits/edit.html", partial(_change, code, form), thanks=SAVED,
        row=row, **_words(),
    )  # fmt: skip


def _change(code: str, form: BenefitForm, session: Session) -> str:
    change_benefit(session, current_actor(), code, form.wish(), seen=form.version, now=now())
    return url_for("credit.desk_benefit", code=code)


@bp.route("/desk/benefits/<code>/check", methods=["GET", "POST"])
@requires(MANAGE)
def check_offer(code: str) -> ResponseReturnValue:
    """The second person reads it and declares what it is not."""
    row, form = _mine(code), CheckForm()
    form.look_at(row.version)
    about = _about(row)
    doubts = sounds_forbidden([*row.titles.values(), *row.words.values()])
    act = partial(_check, code, form)
    thanks = _l("Residents can have it now.")
    return answer(form, "credit/benefits/check.html", act, thanks=thanks, doubts=doubts, **about)


def _check(code: str, form: CheckForm, session: Session) -> str:
    check_benefit(
        session, current_actor(), code, declared=form.declared.data, seen=form.version, now=now()
    )
    return url_for("credit.desk_benefit", code=code)


@bp.route("/desk/benefits/<code>/stock", methods=["GET", "POST"])
@requires(MANAGE)
def benefit_stock(code: str) -> ResponseReturnValue:
    """Count some in or out, with a reason."""
    row, form = _mine(code), StockForm()
    act = partial(_stock, code, form)
    return answer(form, "credit/benefits/stock.html", act, thanks=SAVED, **_about(row))


def _stock(code: str, form: StockForm, session: Session) -> str:
    change_stock(
        session, current_actor(), code, BenefitStep(form.step.data), amount=form.amount.data,
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("credit.desk_benefit", code=code)


@bp.route("/desk/benefits/<code>/close", methods=["GET", "POST"])
@requires(MANAGE)
def end_benefit(code: str) -> ResponseReturnValue:
    """Offer it no more."""
    row, form = _mine(code), CloseForm()
    act = partial(_close, code, form)
    return answer(form, "credit/benefits/close.html", act, thanks=SAVED, **_about(row))


def _close(code: str, form: CloseForm, session: Session) -> str:
    close_benefit(session, current_actor(), code, reason=form.reason.data or "", now=now())
    return url_for("credit.desk_benefit", code=code)


@bp.post("/desk/benefits/<code>/reopen")
@requires(MANAGE)
def reopen_offer(code: str) -> ResponseReturnValue:
    """Offer it again, once somebody else has checked it."""
    row = _mine(code)
    act = partial(_reopen, code)
    return answer(PlainForm(), "credit/benefits/desk_one.html", act, thanks=SAVED, **_about(row))


def _reopen(code: str, session: Session) -> str:
    reopen_benefit(session, current_actor(), code, now=now())
    return url_for("credit.desk_benefit", code=code)
