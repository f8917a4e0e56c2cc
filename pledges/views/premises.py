"""The register of premises: in public, and at the desk by hand and from tables."""

from functools import partial
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.premises import (
    ImportForm,
    NewPremisesForm,
    OperatorForm,
    PremisesForm,
    as_typed,
)
from pledges.labels.clauses import PREMISES_KINDS
from pledges.labels.premises import COLUMNS, STATES
from pledges.queries.premises import (
    PAGE,
    PremisesRow,
    Sought,
    holder_of,
    operators_of,
    register_page,
    stalls_of,
)
from pledges.queries.premises_imports import imports_of
from pledges.rules.premises import PremisesKind
from pledges.rules.register import HOLDERS, Flaw, PremisesWish, read_cells, read_operator, trades
from pledges.rules.sketch import sketch
from pledges.service.premises import (
    MANAGE,
    add_premises,
    change_premises,
    change_tenant,
    premises_here,
)
from pledges.service.premises_import import Imported, import_premises
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.areas.queries import area_by_code, areas_by_ids, find_areas
from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.organisations.queries import organisations_by_ids

SAVED = _l("Saved.")
TENANT = _l("The new operator is entered. What was pledged before has ended.")
FOLDER = "pledges/premises"
MOST_STALLS = 200


@bp.get("/pledges/")
@public
def register() -> ResponseReturnValue:
    """What stands in the register, and whether it has pledged; never who runs it."""
    return render_template(f"{FOLDER}/list.html", **_part(None))


@bp.get("/desk/premises/")
@requires(MANAGE)
def desk_premises() -> ResponseReturnValue:
    """The register of my places."""
    return render_template(f"{FOLDER}/desk/list.html", **_part(current_actor().places_for(MANAGE)))


def _part(places: tuple[str, ...] | None) -> dict[str, Any]:
    """A page of what is looked for. An unknown place finds nothing."""
    given = {name: request.args.get(name, "")[:80].strip() for name in
             ("q", "kind", "trade", "place", "after")}  # fmt: skip
    kind = PremisesKind(given["kind"]) if given["kind"] in set(PremisesKind) else None
    sought = Sought(given["q"], kind, given["trade"], _under(given["place"]))
    found = register_page(reading(), places, sought, given["after"])
    rows = found[:PAGE]
    return {
        "rows": rows, "given": given, "kinds": PREMISES_KINDS, "trades": trades(),
        "states": STATES, "areas": areas_by_ids(reading(), {row.area_id for row in rows}),
        "following": rows[-1].number if len(found) > PAGE else None,
    }  # fmt: skip


def _under(typed: str) -> str:
    if not typed:
        return "/"
    area = area_by_code(reading(), typed.upper())
    found = [area] if area else find_areas(reading(), typed, 1)
    # no path begins like this
    return found[0].path if found and found[0] else "-"


@bp.route("/desk/premises/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_new() -> ResponseReturnValue:
    """Put premises into the register."""
    form = NewPremisesForm()
    return answer(form, f"{FOLDER}/desk/new.html", partial(_add, form), thanks=SAVED)


def _wish(form: PremisesForm) -> PremisesWish:
    """What was typed, read like a line of a table: the first flaw is told beside its field."""
    wish, flaws = read_cells(form.cells())
    _refuse(flaws)
    if wish is None:
        raise RuntimeError("a line without a flaw is a wish")
    return wish


def _refuse(flaws: list[Flaw]) -> None:
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)


def _add(form: NewPremisesForm, session: Session) -> str:
    number = add_premises(session, current_actor(), _wish(form), now=now())
    return url_for("pledges.desk_premises_one", number=number)


@bp.route("/desk/premises/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_one(number: str) -> ResponseReturnValue:
    """Look at premises and at who ran them, and write them anew."""
    row = premises_here(reading(), current_actor(), number)
    holder = holder_of(reading(), row)
    form = PremisesForm(data=_as_typed(row, holder))

    def act(session: Session) -> str:
        wish = _wish(form)
        change_premises(session, current_actor(), row.number, wish, seen=form.seen(), now=now())
        return url_for("pledges.desk_premises_one", number=row.number)

    return answer(
        form, f"{FOLDER}/desk/one.html", act, thanks=SAVED, row=row, states=STATES,
        **_around(row, holder),
    )  # fmt: skip


def _as_typed(row: PremisesRow, holder: PremisesRow | None) -> dict[str, Any]:
    area = areas_by_ids(reading(), {row.area_id}).get(row.area_id)
    return as_typed(row, area.code if area else "", holder.number if holder else "")


def _around(row: PremisesRow, holder: PremisesRow | None) -> dict[str, Any]:
    """Who ran it, what stands around it and inside it, how far its duty area reaches."""
    operators = operators_of(reading(), row)
    ids = {one.organisation_id for one in operators if one.organisation_id}
    return {
        "operators": operators,
        "units": organisations_by_ids(reading(), ids),
        "holder": holder,
        "stalls": stalls_of(reading(), row, MOST_STALLS) if row.kind in HOLDERS else [],
        "drawn": sketch(row.duty_geojson, row.lon, row.lat),
    }


@bp.route("/desk/premises/<number>/tenant", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_tenant(number: str) -> ResponseReturnValue:
    """Another one runs it from today on."""
    row = premises_here(reading(), current_actor(), number)
    operators = operators_of(reading(), row)
    running = next((one for one in operators if one.ends_on is None), None)
    form = OperatorForm(data={"seen": running.number if running else ""})

    act = partial(_hand_over, form, row.number)
    page = f"{FOLDER}/desk/tenant.html"
    return answer(form, page, act, thanks=TENANT, row=row, running=running)


def _hand_over(form: OperatorForm, number: str, session: Session) -> str:
    who, flaws = read_operator(form.cells())
    _refuse(flaws)
    if who is None:
        raise RuntimeError("a line without a flaw is an operator")
    seen = form.seen.data or ""
    change_tenant(session, current_actor(), number, who, seen=seen, now=now())
    return url_for("pledges.desk_premises_one", number=number)


@bp.route("/desk/premises/import", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_import() -> ResponseReturnValue:
    """Take in a table, whole or not at all; every bad line is told."""
    form, told = ImportForm(), list[Imported]()
    act = partial(_import, form, told)
    actor = current_actor()
    before = imports_of(reading(), actor.person_id, actor.places_for(MANAGE))
    return answer(
        form, f"{FOLDER}/desk/import.html", act, flaws=_Flaws(told), columns=COLUMNS,
        imports=before,
    )  # fmt: skip


class _Flaws:
    """The bad lines of a table, known only after the service has read it."""

    def __init__(self, told: list[Imported]) -> None:
        self.told = told

    def rows(self) -> list[tuple[Flaw, str, str]]:
        flaws = self.told[-1].flaws if self.told else ()
        return [
            (flaw, str(COLUMNS.get(flaw.column, "")), say(flaw.code, **flaw.facts))
            for flaw in flaws
        ]


def _import(form: ImportForm, told: list[Imported], session: Session) -> str:
    encoding = form.chosen_encoding()
    found = import_premises(session, current_actor(), form.content(), encoding, now=now())
    told.append(found)
    _refuse([Flaw(one.code, "file", one.line, one.facts) for one in found.flaws[:1]])
    words = ngettext("Taken over: %(num)s place.", "Taken over: %(num)s places.", found.added)
    flash(words, "success")
    return url_for("pledges.desk_premises")
