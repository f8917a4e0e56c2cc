"""The register of adoptable things at the desk: list, one by hand, a table, photos, gone."""

from functools import partial
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Refused
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from volunteers.forms.adoption import SureForm
from volunteers.forms.adoption_desk import ImportForm, PlotForm, PlotPhotosForm, as_typed
from volunteers.labels.adoption import COLUMNS
from volunteers.queries.adoption.plots import PAGE, register_at_desk
from volunteers.rules.adoption.register import Flaw, PlotWish, read_cells
from volunteers.service.adoption.found import MANAGE, places_of, plot_here
from volunteers.service.adoption.importing import Imported, import_register
from volunteers.service.adoption.registering import (
    add_plot,
    add_plot_photos,
    change_plot,
    retire_plot,
)
from volunteers.views.adoption import common
from volunteers.views.adoption.blueprint import bp

SAVED = _l("Saved.")
FOLDER = "volunteers/adoption/desk"


@bp.get("/desk/adoption/register")
@requires(MANAGE)
def desk_register() -> ResponseReturnValue:
    """Everything in the register of my places, by register number."""
    after = request.args.get("after", "")[:40]
    found = register_at_desk(reading(), places_of(current_actor()), after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/register.html", rows=rows, places=common.places_of(rows),
        following=rows[-1].register_number if len(found) > PAGE else None, after=after,
        **common.words(),
    )  # fmt: skip


@bp.route("/desk/adoption/register/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_plot_new() -> ResponseReturnValue:
    """Put one thing into the register."""
    form = _form({"adoptable": True, "listed_from": _today().isoformat()})
    act = partial(_add, form)
    return answer(form, f"{FOLDER}/plot.html", act, thanks=SAVED, plot=None)


def _today() -> Any:
    return city_day(now(), instance().city.zone)


def _form(given: dict[str, Any]) -> PlotForm:
    form = PlotForm(data=given)
    form.offer()
    return form


def _wish(form: PlotForm) -> PlotWish:
    """What was typed, read like a line of a table: the first flaw is told beside its field."""
    wish, flaws = read_cells(form.cells(), _today())
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    if wish is None:
        raise RuntimeError("a line without a flaw is a wish")
    return wish


def _add(form: PlotForm, session: Session) -> str:
    number = add_plot(session, current_actor(), _wish(form), now=now())
    return url_for("adoption.desk_plot", number=number)


@bp.route("/desk/adoption/register/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_plot(number: str) -> ResponseReturnValue:
    """Write one anew."""
    plot = plot_here(reading(), current_actor(), number)
    form = _form(as_typed(plot))
    act = partial(_change, plot.number, form)
    return answer(form, f"{FOLDER}/plot.html", act, thanks=SAVED, **common.about_plot(plot))


def _change(number: str, form: PlotForm, session: Session) -> str:
    change_plot(session, current_actor(), number, _wish(form), seen=form.seen(), now=now())
    return url_for("adoption.desk_plot", number=number)


@bp.route("/desk/adoption/register/<number>/photos", methods=["GET", "POST"])
@requires(MANAGE)
def desk_plot_photos(number: str) -> ResponseReturnValue:
    """Photos of it for everybody."""
    plot, form = plot_here(reading(), current_actor(), number), PlotPhotosForm()
    act = partial(_photos, plot.number, form)
    return answer(form, f"{FOLDER}/plot_photos.html", act, thanks=SAVED, **common.about_plot(plot))


def _photos(number: str, form: PlotPhotosForm, session: Session) -> str:
    add_plot_photos(session, current_actor(), number, form.photos.data, now=now())
    return url_for("adoption.desk_plot", number=number)


@bp.route("/desk/adoption/register/<number>/gone", methods=["GET", "POST"])
@requires(MANAGE)
def desk_plot_gone(number: str) -> ResponseReturnValue:
    """It is no longer there."""
    plot = plot_here(reading(), current_actor(), number)
    act = partial(_gone, plot.number)
    return answer(SureForm(), f"{FOLDER}/gone.html", act, thanks=SAVED, **common.about_plot(plot))


def _gone(number: str, session: Session) -> str:
    retire_plot(session, current_actor(), number, now=now())
    return url_for("adoption.desk_register")


@bp.route("/desk/adoption/register/import", methods=["GET", "POST"])
@requires(MANAGE)
def desk_import() -> ResponseReturnValue:
    """Take in a table, whole or not at all; every bad line is told."""
    form, told = ImportForm(), list[Imported]()
    act = partial(_import, form, told)
    return answer(form, f"{FOLDER}/import.html", act, flaws=_Flaws(told), columns=COLUMNS)


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
    found = import_register(
        session, current_actor(), form.content(), form.chosen_encoding(), now=now()
    )
    told.append(found)
    if found.flaws:
        raise Refused(found.flaws[0].code, field="file", facts=found.flaws[0].facts)
    words = gettext(
        "Taken over: %(added)s new, %(changed)s changed.", added=found.added, changed=found.changed
    )
    flash(words, "success")
    return url_for("adoption.desk_register")
