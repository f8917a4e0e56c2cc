"""Personal fields in bulk: asking, deciding, taking the file once."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.sheets import write_table
from portal.kernel.web import Session, instance, reading, writing
from portal.reports.forms.exports import AskExportForm, DecideForm, TableForm
from portal.reports.labels.personal_export import EXPORT_KINDS, EXPORT_STATES, FIELD_WORDS
from portal.reports.queries.personal_export import (
    ExportRow,
    export_by_number,
    exports_asked,
    exports_shown,
)
from portal.reports.queries.public import kinds
from portal.reports.rules.personal_export import ExportState, has_run_out
from portal.reports.service.personal_export import (
    ExportWish,
    ask_export,
    decide_export,
    take_export,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.downloads import dated, download

ASK, DECIDE = Permission.IDENTITY_EXPORT, Permission.IDENTITY_APPROVE
MONTH = timedelta(days=30)
_WORDS = {"states": EXPORT_STATES, "kinds": EXPORT_KINDS, "fields": FIELD_WORDS}


@bp.route("/desk/personal", methods=["GET", "POST"])
@requires(ASK)
def ask_personal() -> ResponseReturnValue:
    """Ask for personal fields; what I asked for before."""
    form = AskExportForm()
    form.category.choices = [
        SelectChoice("", _l("All kinds")),
        *(SelectChoice(c, in_words(kind.names)) for c, kind in kinds(reading()).items()),
    ]
    if not form.is_submitted():
        form.last.data = city_day(now(), instance().city.zone)
        form.first.data = form.last.data - MONTH
    rows = exports_asked(reading(), current_actor().person_id)
    act = partial(_ask, form)
    return answer(form, "reports/desk/personal_ask.html", act, rows=rows, **_WORDS)


def _ask(form: AskExportForm, session: Session) -> str:
    wish = ExportWish(
        purpose=form.purpose.data or "",
        basis=form.basis.data or "",
        fields=tuple(form.fields.data or ()),
        first=form.first.data,
        last=form.last.data,
        place=form.place.data or "",
        category=form.category.data or None,
    )
    number = ask_export(session, wish, actor=current_actor(), now=now())
    return url_for("reports.take_personal", wish=number)


def _known(number: str) -> ExportRow:
    known = clean_number(number)
    found = export_by_number(reading(), known) if known else None
    if found is None:
        raise Missing
    return found


def _row_words(row: ExportRow) -> dict[str, Any]:
    ids = {who for who in (row.asked_by, row.decided_by) if who}
    place = (row.place_path or "").strip("/").rpartition("/")[2]
    kind = kinds(reading()).get(row.category_code or "")
    return {
        "row": row,
        "people": people_by_ids(reading(), ids),
        "place": areas_by_codes(reading(), {place}).get(place) if place else None,
        "kind": kind,
        "run_out": row.state is ExportState.ALLOWED and has_run_out(row.expires_at, now()),
        **_WORDS,
    }


@bp.route("/desk/personal/<wish>", methods=["GET", "POST"])
@requires(ASK)
def take_personal(wish: str) -> ResponseReturnValue:
    """What I asked for; once it is allowed, the file, once."""
    row, form = _known(wish), TableForm()
    if row.asked_by != current_actor().person_id:
        raise Missing
    make, context = partial(_take, row.number), partial(_row_words, row)
    return download(form, "reports/desk/personal_take.html", make, form.kind.data, context)


def _take(number: str, path: Path) -> str:
    """The file and the record of who got it are one: neither is there without the other."""
    with writing() as session:
        header, rows = take_export(session, number, actor=current_actor(), now=now())
        write_table(path, header, rows)
    return dated("personal")


@bp.get("/audit/personal")
@requires(DECIDE)
def personal_wishes() -> ResponseReturnValue:
    """What waits for a decision, and what was decided."""
    rows = exports_shown(reading())
    return render_template("reports/audit/personal.html", rows=rows, **_WORDS)


@bp.route("/audit/personal/<wish>", methods=["GET", "POST"])
@requires(DECIDE)
def decide_personal(wish: str) -> ResponseReturnValue:
    """One wish, and the decision on it."""
    row, form = _known(wish), DecideForm()
    act = partial(_decide, row, form)
    return answer(form, "reports/audit/personal_decide.html", act, **_row_words(row))


def _decide(row: ExportRow, form: DecideForm, session: Session) -> str:
    decide_export(
        session,
        row,
        allow=form.allows,
        words=form.words.data,
        actor=current_actor(),
        now=now(),
    )
    return url_for("reports.decide_personal", wish=row.number)
