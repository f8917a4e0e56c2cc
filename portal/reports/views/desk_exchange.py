"""Tables in and out of the desk: work orders of other systems, and the list of cases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.sheets import Notes, write_table
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.exports import ConfirmForm, HandInForm, LayoutForm, TableForm
from portal.reports.labels.case import STATES
from portal.reports.labels.desk import TASKS
from portal.reports.labels.exchange import PROBLEMS
from portal.reports.labels.personal_export import RUN_KINDS, RUN_STATES
from portal.reports.queries.column_maps import saved_maps
from portal.reports.queries.desk import Cursor, desk_page
from portal.reports.queries.desk.lists import DeskRow
from portal.reports.queries.import_runs import RunRow, cases_taken, last_runs, run_by_number
from portal.reports.rules.column_maps import BY_COLUMNS
from portal.reports.rules.exchange import ExchangeRefusal
from portal.reports.rules.import_runs import KEEP_FILE, RunState, can_be_mapped
from portal.reports.service.exchange.export import export_file
from portal.reports.service.exchange.maps import find_map
from portal.reports.service.import_runs import HandedIn, confirm_run, drop_run, hand_in
from portal.reports.service.whole_city import may_in_whole_city
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_maps import layouts, words_of_maps
from portal.reports.views.desk_queue import asked_queue, queue_url
from portal.reports.views.downloads import dated, download, note_export
from portal.reports.views.figures_asked import narrowed_by

EXCHANGE = Permission.ORDER_EXCHANGE
LIST_PAGE = 500
MONTH = timedelta(days=30)


@bp.route("/desk/import", methods=["GET", "POST"])
@requires(EXCHANGE)
def desk_import() -> ResponseReturnValue:
    """Hand in a file of work orders; the files handed in last."""
    form = HandInForm()
    recognised = SelectChoice(BY_COLUMNS, _l("Recognise it by its columns"))
    form.layout.choices = [recognised, *layouts()]
    return answer(form, "reports/desk/import.html", partial(_hand_in, form), **_runs())


def _hand_in(form: HandInForm, session: Session) -> str:
    file = HandedIn(form.file_name, form.content, form.layout.data or "", form.chosen_encoding)
    number = hand_in(session, file, actor=current_actor(), now=now())
    return url_for("reports.desk_import_run", run=number)


def _runs() -> dict[str, Any]:
    saved = [row for row in saved_maps(reading()) if row.standing]
    return {"runs": last_runs(reading()), "saved_maps": saved, **_known_words()}


def _known_words() -> dict[str, Any]:
    """Words for what the pages of files tell in codes."""
    return {"states": RUN_STATES, "kinds": RUN_KINDS, "map_names": words_of_maps()}


def _run(number: str) -> RunRow:
    known = clean_number(number)
    found = run_by_number(reading(), known) if known else None
    if found is None:
        raise Missing
    return found


@bp.route("/desk/import/<run>", methods=["GET", "POST"])
@requires(EXCHANGE)
def desk_import_run(run: str) -> ResponseReturnValue:
    """One file: what was found in it, how far it is, what came of it; and taking it over."""
    found, form = _run(run), ConfirmForm()
    act = partial(_confirm, found, form)
    return answer(form, "reports/desk/import_run.html", act, **_run_words(found))


def _confirm(run: RunRow, form: ConfirmForm, session: Session) -> str:
    confirm_run(session, run, partial=bool(form.partial.data), actor=current_actor(), now=now())
    return url_for("reports.desk_import_run", run=run.number)


def _run_words(run: RunRow) -> dict[str, Any]:
    taken = run.state is RunState.DONE and run.taken_at is not None
    system = find_map(reading(), run.layout).system if taken else ""
    return {
        "can_be_mapped": can_be_mapped(run.state, run.findings, run.blob_key),
        "run": run,
        **_known_words(),
        "who": people_by_ids(reading(), {run.handed_by}).get(run.handed_by),
        "problems": {code.value: words for code, words in PROBLEMS.items()},
        "refusal": _refusal(run),
        "cases": cases_taken(reading(), system, run.taken_at) if taken and run.taken_at else [],
        "deleted_at": run.handed_at + KEEP_FILE,
    }


def _refusal(run: RunRow) -> str:
    """Why a file as a whole cannot be taken over."""
    found = run.findings
    if "unreadable" in found:
        words = _l("Line %(line)s cannot be read. The file must be XLSX, or CSV as you said.")
        return str(words) % {"line": found["unreadable"]}
    code = str(found.get("refusal"))
    known = code in set(ExchangeRefusal)
    return say(ExchangeRefusal(code), **found["facts"]) if known else ""


@bp.post("/desk/import/<run>/drop")
@requires(EXCHANGE)
def desk_import_drop(run: str) -> ResponseReturnValue:
    """Delete a file that is not wanted any more."""
    found, form = _run(run), ConfirmForm()
    act = partial(_drop, found)
    return answer(form, "reports/desk/import_run.html", act, **_run_words(found))


def _drop(run: RunRow, session: Session) -> str:
    drop_run(session, run, actor=current_actor(), now=now())
    return url_for("reports.desk_import_run", run=run.number)


@bp.route("/desk/export", methods=["GET", "POST"])
@requires(EXCHANGE)
def desk_export() -> ResponseReturnValue:
    """Work orders in the layout of another system."""
    form = LayoutForm()
    form.layout.choices = layouts()
    if not form.is_submitted():
        form.since.data = city_day(now() - MONTH, instance().city.zone)
    return download(form, "reports/desk/export.html", partial(_orders, form), form.kind.data, dict)


def _orders(form: LayoutForm, path: Path) -> str:
    layout = find_map(reading(), form.layout.data or "")
    day = form.since.data
    if day is None:
        raise Refused(ExchangeRefusal.NO_DAY, field="since")
    if not may_in_whole_city(reading(), current_actor(), EXCHANGE):
        raise Forbidden
    since = datetime(day.year, day.month, day.day, tzinfo=instance().city.zone)
    rows = export_file(reading(), path, layout, since=since, now=now())
    note_export("orders:export", f"layout:{layout.code}", [f"since={day}"], rows)
    return dated(layout.code)


@bp.route("/desk/list", methods=["GET", "POST"])
@requires(Permission.REPORT_READ)
def desk_list_file() -> ResponseReturnValue:
    """The list of cases as the queue is narrowed now, as a file."""
    form = TableForm()
    return download(form, "reports/desk/list_file.html", _cases, form.kind.data, _list_words)


def _list_words() -> dict[str, Any]:
    return {"task": TASKS[asked_queue(current_actor()).task], "back": queue_url()}


def _cases(path: Path) -> str:
    """Write the list row by row; what it is narrowed to stands in the notes and in the record."""
    notes = Notes(_("Notes"), [[name, value] for name, _eq, value in _narrowed()])
    rows = write_table(path, _case_header(), _case_rows(), notes)
    task = asked_queue(current_actor()).task.value
    note_export("cases:export", f"list:{task}", narrowed_by(), rows)
    return dated("cases")


def _narrowed() -> list[tuple[str, str, str]]:
    made = now().isoformat(timespec="minutes")
    return [("made_at", "=", made), *(one.partition("=") for one in narrowed_by())]


def _case_header() -> list[str]:
    words = (
        _l("Number"), _l("State"), _l("Kind of problem"), _l("Place"), _l("Unit"), _l("Urgent"),
        _l("Overdue"), _l("Found at"), _l("Promised until"), _l("Handled at"), _l("Urged"),
        _l("Sent back"),
    )  # fmt: skip
    return [str(word) for word in words]


def _case_rows() -> Iterator[list[object]]:
    """Every row of the list, a page at a time."""
    asked, moment, actor = asked_queue(current_actor()), now(), current_actor()
    after: Cursor | None = None
    while True:
        page = desk_page(
            reading(),
            actor,
            asked.task,
            moment,
            narrowed=asked.narrowed,
            after=after,
            size=LIST_PAGE,
        )
        ids = {row.unit_id for row in page.rows if row.unit_id}
        units = {
            key: in_words(one.names) for key, one in organisations_by_ids(reading(), ids).items()
        }
        yield from (
            _case_cells(row, units.get(row.unit_id, "") if row.unit_id else "") for row in page.rows
        )
        if page.next is None:
            return
        after = page.next


def _case_cells(row: DeskRow, unit: str) -> list[object]:
    yes, no = _("yes"), _("no")
    return [
        row.number,
        str(STATES[row.state]),
        in_words(row.category) if row.category else "",
        in_words(row.place) if row.place else "",
        unit,
        yes if row.urgent else no,
        yes if row.late else no,
        _moment(row.found_at),
        _moment(row.promised_at),
        _moment(row.handled_at),
        row.times_urged,
        row.times_sent_back,
    ]


def _moment(at: datetime | None) -> str:
    return at.astimezone(instance().city.zone).strftime("%Y-%m-%d %H:%M") if at else ""
