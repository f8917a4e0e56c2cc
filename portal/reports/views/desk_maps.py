"""Column maps on pages: saying what a file's columns mean, and taking a saved map away."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.column_maps import MapForm, map_form
from portal.reports.forms.exports import ConfirmForm
from portal.reports.queries.categories import categories_on
from portal.reports.queries.column_maps import saved_map, saved_maps
from portal.reports.queries.import_runs import RunRow, run_by_number
from portal.reports.rules.column_maps import likely
from portal.reports.rules.import_runs import can_be_mapped
from portal.reports.service.exchange.maps import (
    end_map,
    map_names,
    offered_maps,
    time_formats,
    usual_names,
)
from portal.reports.service.import_runs import map_run
from portal.reports.views.blueprint import bp
from portal.reports.views.intake_details import today

EXCHANGE = Permission.ORDER_EXCHANGE
REMOVE = "reports/desk/import_map_end.html"


def layouts() -> list[SelectChoice]:
    """The maps that are shipped, then those that were saved."""
    shipped = [SelectChoice(code, in_words(names)) for code, names in map_names().items()]
    saved = [row for row in saved_maps(reading()) if row.standing]
    return [*shipped, *(SelectChoice(row.code, row.name) for row in saved)]


def words_of_maps() -> dict[str, str]:
    """What each map is called, also those that are offered no more."""
    shipped = {code: in_words(names) for code, names in map_names().items()}
    return shipped | {row.code: row.name for row in saved_maps(reading())}


@bp.route("/desk/import/<run>/columns", methods=["GET", "POST"])
@requires(EXCHANGE)
def desk_import_columns(run: str) -> ResponseReturnValue:
    """A file that no map fits: what each of its columns says, saved under a name."""
    found = run_by_number(reading(), run)
    if found is None or not can_be_mapped(found.state, found.findings, found.blob_key):
        raise Missing
    header = found.findings["header"]
    kinds = [(row.code, in_words(row.names)) for row in categories_on(reading(), today())]
    guessed = likely(header, offered_maps(reading()), usual_names())
    form = map_form(header, guessed, kinds, time_formats())
    act = partial(_mapped, form, found)
    return answer(form, "reports/desk/import_columns.html", act, run=found)


def _mapped(form: MapForm, run: RunRow, writer: Session) -> str:
    map_run(writer, run, form.wish, actor=current_actor(), now=now())
    return url_for("reports.desk_import_run", run=run.number)


@bp.route("/desk/import/maps/<code>/end", methods=["GET", "POST"])
@requires(EXCHANGE)
def desk_map_end(code: str) -> ResponseReturnValue:
    """Offer a saved map no more."""
    row = saved_map(reading(), code)
    if row is None or not row.standing:
        raise Missing
    thanks = _l("The map is offered no more.")
    return answer(ConfirmForm(), REMOVE, partial(_ended, row.code), thanks=thanks, row=row)


def _ended(code: str, writer: Session) -> str:
    end_map(writer, code, actor=current_actor(), now=now())
    return url_for("reports.desk_import")
