"""Many shifts at once at the desk: days and places, files, and taking them back."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import area_by_id
from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.sheets import Encoding
from portal.kernel.web import Session, reading
from volunteers.forms.fields import PlainForm
from volunteers.forms.shifts import FileForm, ManyForm
from volunteers.labels.planning import lines_in_words
from volunteers.queries.plans import BatchRow, with_history
from volunteers.queries.shifts import shifts_of_batch
from volunteers.rules.roster_file import NEEDED, column_names
from volunteers.service.batches import Planned, batch_to_manage, make_batch, plan_batch, undo_batch
from volunteers.service.roster_files import BadLines, import_shifts
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, mine, words
from volunteers.views.desk_shifts import chosen_plan, own_templates
from volunteers.views.places import place_choices, places_of
from volunteers.views.previewing import previewed

MADE = _l("The shifts are planned. You can take them back while nobody has signed up.")


@bp.route("/desk/volunteers/<number>/shifts/many", methods=["GET", "POST"])
@requires(MANAGE)
def many_shifts(number: str) -> ResponseReturnValue:
    """Plan shifts on several days and at several places; first they are shown."""
    row = mine(number)
    place = area_by_id(reading(), row.area_id)
    form = ManyForm(data=chosen_plan(place))
    form.offer_places(place_choices(place))
    return previewed(
        form, "volunteers/desk/many.html", partial(_look, row.number, form),
        partial(_make, row.number, form), thanks=MADE, row=row, templates=own_templates(),
        **words(),
    )  # fmt: skip


def _look(number: str, form: ManyForm, session: Session) -> list[Planned]:
    actor, plan = current_actor(), form.plan()
    return plan_batch(session, actor, number, plan, form.days(), form.where(), now=now())


def _make(number: str, form: ManyForm, session: Session) -> str:
    actor, plan = current_actor(), form.plan()
    made = make_batch(session, actor, number, plan, form.days(), form.where(), now=now())
    return url_for("volunteers.shift_batch", number=made)


@bp.route("/desk/volunteers/<number>/shifts/file", methods=["GET", "POST"])
@requires(MANAGE)
def shifts_from_file(number: str) -> ResponseReturnValue:
    """Plan the shifts of a file, CSV or XLSX."""
    row, form = mine(number), FileForm()
    act = partial(_import, row.number, form)
    return answer(
        form, "volunteers/desk/file.html", act, thanks=MADE, row=row, columns=column_names(),
        needed=NEEDED, **words(),
    )  # fmt: skip


def _import(number: str, form: FileForm, session: Session) -> str:
    encoding = Encoding.GB18030 if form.gb18030.data else Encoding.UTF8
    try:
        made = import_shifts(
            session, current_actor(), number, form.content, encoding=encoding, now=now()
        )
    except BadLines as bad:
        said = {"lines": lines_in_words(bad.problems)}
        raise Refused(bad.code, field=bad.field, facts=said) from bad
    return url_for("volunteers.shift_batch", number=made)


def _batch(number: str) -> BatchRow:
    return batch_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.get("/desk/volunteers/batches/<number>")
@requires(MANAGE)
def shift_batch(number: str) -> ResponseReturnValue:
    """What was made at once, and whether it can still be taken back."""
    row = _batch(number)
    return render_template("volunteers/desk/batch.html", form=PlainForm(), **_about(row))


def _about(row: BatchRow) -> dict[str, object]:
    rows = shifts_of_batch(reading(), row.id)
    known = with_history(reading(), [one.id for one in rows])
    return {"row": row, "rows": rows, "places": places_of(rows), "kept": bool(known), **words()}


@bp.post("/desk/volunteers/batches/<number>/undo")
@requires(MANAGE)
def undo_shifts(number: str) -> ResponseReturnValue:
    """Take back what was made at once."""
    row = _batch(number)
    act = partial(_undo, row)
    thanks = _l("The shifts are taken back.")
    return answer(PlainForm(), "volunteers/desk/batch.html", act, thanks=thanks, **_about(row))


def _undo(row: BatchRow, session: Session) -> str:
    undo_batch(session, current_actor(), row.number, now=now())
    return url_for("volunteers.desk_activity", number=row.activity_number)
