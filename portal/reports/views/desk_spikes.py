"""Early warnings at the desk: what is out of the usual, and what the desk says of it (R238)."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.spikes import WarningForm
from portal.reports.queries.spikes import spikes_at
from portal.reports.rules.spikes import DAYS, FEWEST, WEEKS, Measure
from portal.reports.service.spikes import DESK, answer_spike, spike_here
from portal.reports.views.blueprint import bp
from portal.satisfaction.labels import month_words

FACTS = {"days": DAYS, "weeks": WEEKS, "fewest": FEWEST}


@bp.get("/desk/warnings/")
@requires(DESK)
def desk_warnings() -> ResponseReturnValue:
    """The warnings of one's places: those that run first, and what ended lately."""
    rows = spikes_at(reading(), current_actor().places_for(DESK), now())
    return render_template(
        "reports/desk/warnings.html",
        groups=(
            [row for row in rows if row.ended_at is None],
            [row for row in rows if row.ended_at is not None],
        ),
        months={row.month: month_words(row.month) for row in rows if row.month},
        measures=Measure,
        facts=FACTS,
    )


@bp.route("/desk/warnings/<number>", methods=["GET", "POST"])
@requires(DESK)
def desk_warning(number: str) -> ResponseReturnValue:
    """One warning, who has seen it, and the answer."""
    row, form = spike_here(reading(), current_actor(), number), WarningForm()
    who = people_by_ids(reading(), [one for one in (row.seen_by, row.answered_by) if one])
    names = {person_id: person.display_name for person_id, person in who.items()}
    return answer(
        form, "reports/desk/warning.html", partial(_answered, form, number), thanks=_l("Saved."),
        row=row, who=names, measures=Measure, facts=FACTS,
        months={row.month: month_words(row.month)} if row.month else {},
    )  # fmt: skip


def _answered(form: WarningForm, number: str, session: Session) -> str:
    answer_spike(session, current_actor(), number, form.note.data or "", now=now())
    return url_for("reports.desk_warning", number=number)
