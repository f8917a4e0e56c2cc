"""Supervision (R186, R064, R239): what deputies, members, the press, inspectors and evaluators
read. Who may what is data (``accounts/data/roles.tsv``).

Nothing here is a single rating, a reporter, a word of hers or a place finer than a community. Each
file that leaves is written into the audit before it does.
"""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.accounts.access import current_actor, requires
from portal.accounts.labels import register_actions, register_subjects
from portal.accounts.rules import Permission, roles
from portal.areas.queries import areas_by_codes
from portal.assessment.labels.words import period_words
from portal.assessment.queries.frozen import frozen_versions
from portal.assessment.rules.periods import period_of
from portal.kernel.audit import note_action
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form, spent_key
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.idempotency import once
from portal.kernel.ids import clean_number
from portal.kernel.web import Session, instance, reading, writing
from portal.organisations.queries import organisations_by_ids
from portal.publicity.queries.questions import question_figures
from portal.reports.labels.case import PUBLIC_STATES, SOURCES
from portal.reports.queries.masked import PAGE, masked_cases
from portal.satisfaction.labels import month_words
from portal.satisfaction.queries.releases import releases
from portal.site.dates import day
from portal.site.evaluation import Wanted, package, periods_to_take

bp = Blueprint("supervision", __name__)
READ: Final = Permission.SUPERVISION_READ
LIST: Final = Permission.SUPERVISION_LIST
EXPORT: Final = Permission.EVALUATION_EXPORT
NEWEST: Final = 6
TAKEN: Final = "evaluation:export"
# how long the same form sent again is a second click, and not somebody who takes it anew
SECOND_CLICK: Final = timedelta(minutes=10)

register_actions({TAKEN: _l("Package for an evaluation handed out")})
register_subjects({"evaluation": _l("evaluation package")})


@bp.get("/desk/supervisors/")
@requires(READ)
def supervision() -> ResponseReturnValue:
    """What a supervisor may read, and in which roles she does."""
    actor, session = current_actor(), reading()
    held = sorted({one.role for one in actor.grants if one.permission is READ})
    return render_template(
        "supervision/index.html", held=[roles()[code].names for code in held],
        releases=[row for row in releases(session) if row.newest][:NEWEST],
        periods=[row for row in frozen_versions(session) if row.newest][:NEWEST],
        month_words=month_words, lists=actor.may(LIST), takes=actor.may(EXPORT),
        asked=question_figures(session, "/", now()),
    )  # fmt: skip


@bp.get("/desk/supervisors/cases")
@requires(LIST)
def supervised_cases() -> ResponseReturnValue:
    """The cases of her places, masked."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    session = reading()
    found = masked_cases(
        session, current_actor().places_for(LIST), zone=instance().city.zone, now=now(), after=after
    )
    rows = found[:PAGE]
    return render_template(
        "supervision/cases.html", rows=rows, states=PUBLIC_STATES, sources=SOURCES,
        areas=areas_by_codes(session, {row.community for row in rows}),
        units=organisations_by_ids(session, {row.unit_id for row in rows if row.unit_id}),
        following=rows[-1].number if len(found) > PAGE else None, when=_when,
    )  # fmt: skip


def _when(text: str) -> str:
    """A day, or a month where the public may know no more."""
    whole = len(text) == len("2026-11-30")
    return day(date.fromisoformat(text)) if whole else month_words(text)


class PackageForm(Form):
    """Of which period."""

    period = SelectField(
        _l("Of which period?"), [InputRequired(message=_l("Choose a period."))], choices=[]
    )

    def offer(self, names: list[str]) -> None:
        """The periods of which there is something."""
        self.period.choices = [SelectChoice(name, period_words(name)) for name in names]


@bp.route("/desk/supervisors/package", methods=["GET", "POST"])
@requires(EXPORT)
def evaluation_package() -> ResponseReturnValue:
    """Take a package of a period along; who took which is audited."""
    form = PackageForm()
    form.offer(periods_to_take(reading()))
    if not form.is_submitted():
        return render_template("supervision/export.html", form=form)
    if not form.validate():
        return render_template("supervision/export.html", form=form), 422
    return _handed_out(form)


def _handed_out(form: PackageForm) -> Response:
    """The package; a second click gets that of the first, and nothing more is written down."""
    at, chosen = now(), str(form.period.data)
    with writing() as session:
        first = once(session, spent_key(form), partial(_note, chosen, at), now=at)
        name, _, taken = first.partition(" ")
        if at - datetime.fromisoformat(taken) > SECOND_CLICK:
            name = _note(chosen, at, session).partition(" ")[0]
    return _file(name, at)


def _note(name: str, at: datetime, session: Session) -> str:
    """Write down who takes which package, and keep for a second click which it was."""
    who = current_actor().person_id
    note_action(session, at=at, actor_id=who, action=TAKEN, subject=f"evaluation:{name}")
    return f"{name} {at.isoformat()}"


def _file(name: str, at: datetime) -> Response:
    period, places = period_of(name), current_actor().places_for(EXPORT)
    if period is None:
        raise Missing
    content = package(reading(), Wanted(period, places, instance().city.zone, at))
    response = Response(content, mimetype="application/zip")
    file = f"evaluation-{name}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
