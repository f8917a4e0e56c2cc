"""Who is responsible for what: the public list, and the pages of those who keep it."""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.areas.queries import area_by_code, top_of_tree
from portal.areas.rules import Keeper
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.forms import clean_text
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_codes
from portal.reports.forms.routing import AllowanceForm, EndForm, ResponsibilityForm
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.routing import condition_words, receiver_words, whole_day
from portal.reports.queries.categories import all_categories, categories_on
from portal.reports.queries.routing import allowances, both_lists, responsibilities
from portal.reports.rules.kinds import OWN_DOORS
from portal.reports.rules.responsibility_list import (
    ListAsked,
    group_of,
    narrowed,
    ordered,
    page_after,
)
from portal.reports.rules.routing import Allowance, Responsibility
from portal.reports.service.responsibilities import (
    add_allowance,
    add_responsibility,
    end_allowance,
    end_responsibility,
)
from portal.reports.views.blueprint import bp

DONE = _l("Saved.")
bp.app_template_filter("whole_day")(whole_day)
LONGEST = 60


def keeper() -> Keeper:
    """Whoever asks, as a keeper of the list."""
    actor = current_actor()
    return Keeper(actor.person_id, actor.places_for(Permission.ROUTING_WRITE))


@bp.get("/places/responsibilities")
@public
def responsibility_list() -> ResponseReturnValue:
    """Who is responsible for what, since when, and where it is written (R008, R112)."""
    return render_template("reports/routing/list.html", **_list_context())


@bp.get("/admin/responsibilities/")
@requires(Permission.ROUTING_WRITE)
def keep_responsibilities() -> ResponseReturnValue:
    """The same with the ways to begin and to end a row."""
    return render_template("reports/routing/list.html", keeps=_keeps, **_list_context())


def _keeps(row: Responsibility | Allowance, paths: dict[str, str]) -> bool:
    """Whether this keeper may end a row."""
    path = paths.get(row.area_code, "/") if row.area_code else "/"
    return row.valid_to is None and keeper().keeps(path)


def _list_context() -> dict[str, Any]:
    """The list as it was asked for: four queries, however long it is."""
    session, on = reading(), city_day(now(), instance().city.zone)
    given = {name: _given(name) for name in ("area", "category", "group", "after")}
    past = bool(request.args.get("past"))
    every, admits = both_lists(session)
    codes = {row.area_code for row in every} | {row.area_code for row in admits}
    top, places = top_of_tree(session, {given["area"], *filter(None, codes)})
    area = places.get(given["area"])
    path = area.path if area else None
    asked = ListAsked(path, given["category"] or None, given["group"] or None, past)
    known = all_categories(session)
    groups = {kind.code: kind.group.value for kind in known}
    found = ordered(narrowed(every, asked, groups, on), groups)
    shown = page_after(found, given["after"])
    named = {one.code for row in shown for one in (row.lead, *row.co) if one.code}
    return {
        "sections": [
            (group, list(rows)) for group, rows in groupby(shown, partial(group_of, groups=groups))
        ],
        "following": shown[-1].code if shown and shown[-1] is not found[-1] else None,
        "admitted": narrowed(admits, asked, groups, on),
        "asked": given | {"past": past},
        "on": on,
        "area": area,
        "areas": top,
        "places": places,
        "paths": {code: place.path for code, place in places.items()},
        "kinds": {
            kind.code: kind.names
            for kind in known
            if kind.in_use(on) and kind.code not in OWN_DOORS
        },
        "groups": GROUPS,
        "units": organisations_by_codes(session, named),
        "receiver_words": receiver_words,
        "condition_words": condition_words,
    }


def _given(name: str) -> str:
    return (clean_text(request.args.get(name)) or "")[:LONGEST]


@bp.route("/admin/responsibilities/new", methods=["GET", "POST"])
@requires(Permission.ROUTING_WRITE)
def new_responsibility() -> ResponseReturnValue:
    """A further row of the list."""
    form = ResponsibilityForm(data=_beginning())
    form.offer(_kinds())
    return answer(form, "reports/routing/new.html", partial(_add, form), thanks=DONE)


def _add(form: ResponsibilityForm, session: Session) -> str:
    code = add_responsibility(session, keeper(), form.row(), now=now())
    return url_for("reports.keep_responsibilities", _anchor=f"row-{code}")


@bp.route("/admin/responsibilities/communities/new", methods=["GET", "POST"])
@requires(Permission.ROUTING_WRITE)
def new_allowance() -> ResponseReturnValue:
    """A further kind that communities may be given (R070)."""
    form = AllowanceForm(data=_beginning())
    form.offer(_kinds())
    return answer(form, "reports/routing/new_allowance.html", partial(_admit, form), thanks=DONE)


def _admit(form: AllowanceForm, session: Session) -> str:
    code = add_allowance(session, keeper(), form.row(), now=now())
    return url_for("reports.keep_responsibilities", _anchor=f"row-{code}")


def _today() -> Any:
    return city_day(now(), instance().city.zone)


def _beginning() -> dict[str, Any]:
    """What a new row begins with: today, and the keeper's own place."""
    paths = keeper().paths
    code = paths[0].strip("/").split("/")[-1] if paths else ""
    return {"valid_from": _today(), "area_code": code}


def _kinds() -> Any:
    return categories_on(reading(), _today())


@bp.route("/admin/responsibilities/<code>/end", methods=["GET", "POST"])
@requires(Permission.ROUTING_WRITE)
def end_row(code: str) -> ResponseReturnValue:
    """The last day of a row: it stays to be read, and the cases that went by it stay too."""
    row = next(iter(responsibilities(reading(), [code])), None)
    return _ending(row, end_responsibility)


@bp.route("/admin/responsibilities/communities/<code>/end", methods=["GET", "POST"])
@requires(Permission.ROUTING_WRITE)
def end_admission(code: str) -> ResponseReturnValue:
    """From a day on communities are not given this kind any more."""
    row = next((row for row in allowances(reading()) if row.code == code), None)
    return _ending(row, end_allowance)


def _ending(
    row: Responsibility | Allowance | None, end: Callable[..., None]
) -> ResponseReturnValue:
    if row is None:
        raise Missing
    area = area_by_code(reading(), row.area_code) if row.area_code else None
    if not keeper().keeps(area.path if area else "/"):
        raise Forbidden
    form = EndForm(data={"on": _today()})
    act = partial(_end, row.code, form, end)
    names = {kind.code: kind.names for kind in _kinds()}
    return answer(
        form, "reports/routing/end.html", act, thanks=DONE, row=row, kinds=names, groups=GROUPS
    )


def _end(code: str, form: EndForm, end: Callable[..., None], session: Session) -> str:
    end(session, keeper(), code, on=form.on.data, now=now())
    return url_for("reports.keep_responsibilities")
