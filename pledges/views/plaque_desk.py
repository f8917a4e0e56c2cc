"""Plaques at the desk: batches, one plaque, binding, replacing, withdrawing, sheets to print."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.plaques import BindForm, IssueForm, PlaqueReasonForm, ReplaceForm
from pledges.labels.plaques import ENDS, STATES
from pledges.queries.plaques import CodeRow, batches_in, bindings_of, codes_of_batch
from pledges.rules.plaques import ON_A_PAGE, ON_A_SHEET, PlaqueState
from pledges.service.plaques import (
    REGISTER,
    By,
    batch_here,
    bind_plaque,
    issue_plaques,
    places_of,
    plaque_here,
    replace_plaque,
    take_off_plaque,
    withdraw_plaque,
)
from pledges.views.blueprint import bp
from pledges.views.plaques import address_of
from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, reading

USABLE = frozenset({PlaqueState.ISSUED, PlaqueState.BOUND})
ISSUED = _l("The codes are issued. Print them, hang them up, and bind each to its door.")
BOUND = _l("The plaque hangs at this door now.")
REPLACED = _l("The new plaque hangs at this door now. The old code leads to it.")
TAKEN_OFF = _l("The plaque hangs nowhere now and can be bound again.")
WITHDRAWN = _l("The plaque is withdrawn. Whoever scans it reads so.")


def _by() -> By:
    return By(current_actor(), now())


def _words() -> dict[str, Any]:
    return {"states": STATES, "ends": ENDS}


@bp.route("/desk/plaques/", methods=["GET", "POST"])
@requires(REGISTER)
def desk_plaques() -> ResponseReturnValue:
    """The batches of my places, and a form for the next one."""
    form = IssueForm()
    batches = batches_in(reading(), places_of(current_actor()))
    areas = areas_by_ids(reading(), {batch.area_id for batch in batches})
    return answer(
        form, "pledges/plaques/desk/list.html", partial(_issue, form), thanks=ISSUED,
        batches=batches, areas=areas,
    )  # fmt: skip


def _issue(form: IssueForm, session: Session) -> str:
    number = issue_plaques(session, _by(), form.place.data or "", form.how_many.data or 0)
    return url_for("pledges.desk_plaque_batch", number=number)


@bp.get("/desk/plaques/batches/<number>")
@requires(REGISTER)
def desk_plaque_batch(number: str) -> ResponseReturnValue:
    """The codes of a batch, what became of each, and the sheets to print."""
    return render_template("pledges/plaques/desk/batch.html", **_part(number), **_words())


def _part(number: str) -> dict[str, Any]:
    """A page of a batch, from the code on that the address names."""
    batch = batch_here(reading(), current_actor(), number)
    after = clean_number(request.args.get("after", "")[:40]) or ""
    found = codes_of_batch(reading(), batch.id, after=after, limit=ON_A_PAGE + 1)
    rows = found[:ON_A_PAGE]
    following = rows[-1].code if len(found) > ON_A_PAGE else None
    return {"batch": batch, "rows": rows, "after": after or None, "following": following}


@bp.get("/desk/plaques/batches/<number>/print")
@requires(REGISTER)
def desk_plaque_sheets(number: str) -> ResponseReturnValue:
    """Sheets of A4, twelve plaques each; what was replaced or withdrawn is not printed again."""
    part = _part(number)
    codes = [_drawn(row) for row in part["rows"] if row.state in USABLE]
    sheets = [codes[at : at + ON_A_SHEET] for at in range(0, len(codes), ON_A_SHEET)]
    return render_template("pledges/plaques/desk/sheets.html", sheets=sheets, **part)


def _drawn(row: CodeRow) -> dict[str, Any]:
    link = address_of(row.code)
    return {"code": row.code, "link": link, "qr": qr_svg(link, outdoors=True)}


@bp.route("/desk/plaques/bind", methods=["GET", "POST"])
@requires(REGISTER)
def desk_bind_plaque() -> ResponseReturnValue:
    """Say which plaque hangs at which door; either may stand in the address."""
    form = BindForm(data={name: request.args.get(name, "")[:40] for name in ("code", "premises")})
    return answer(form, "pledges/plaques/desk/bind.html", partial(_bind, form), thanks=BOUND)


def _bind(form: BindForm, session: Session) -> str:
    code = bind_plaque(session, _by(), form.code.data or "", form.premises.data or "")
    return url_for("pledges.desk_plaque", code=code)


@bp.get("/desk/plaques/<code>")
@requires(REGISTER)
def desk_plaque(code: str) -> ResponseReturnValue:
    """One plaque: where it hangs and hung, and what can be done with it."""
    row = plaque_here(reading(), current_actor(), code)
    rows = bindings_of(reading(), row.code)
    mine = [one for one in rows if current_actor().may(REGISTER, place_path=one.place_path)]
    link = address_of(row.code)
    return render_template(
        "pledges/plaques/desk/one.html", row=row, bindings=mine, link=link, **_words()
    )


@bp.get("/desk/plaques/<code>/print")
@requires(REGISTER)
def desk_plaque_print(code: str) -> ResponseReturnValue:
    """One plaque on a sheet of A3."""
    row = plaque_here(reading(), current_actor(), code)
    link = address_of(row.code)
    qr = qr_svg(link, outdoors=True) if row.state in USABLE else None
    return render_template("pledges/plaques/desk/single.html", row=row, link=link, qr=qr)


@bp.route("/desk/plaques/<code>/replace", methods=["GET", "POST"])
@requires(REGISTER)
def desk_replace_plaque(code: str) -> ResponseReturnValue:
    """Hang another plaque in its place."""
    row, form = plaque_here(reading(), current_actor(), code), ReplaceForm()
    act = partial(_replace, form, row.code)
    return answer(form, "pledges/plaques/desk/replace.html", act, thanks=REPLACED, row=row)


def _replace(form: ReplaceForm, code: str, session: Session) -> str:
    new = replace_plaque(session, _by(), code, form.new.data or "", form.reason.data or "")
    return url_for("pledges.desk_plaque", code=new)


@bp.route("/desk/plaques/<code>/take-off", methods=["GET", "POST"])
@requires(REGISTER)
def desk_take_off_plaque(code: str) -> ResponseReturnValue:
    """It was bound to the wrong door."""
    row, form = plaque_here(reading(), current_actor(), code), PlaqueReasonForm()

    def act(session: Session) -> str:
        take_off_plaque(session, _by(), row.code, form.reason.data or "")
        return url_for("pledges.desk_plaque", code=row.code)

    return answer(form, "pledges/plaques/desk/take_off.html", act, thanks=TAKEN_OFF, row=row)


@bp.route("/desk/plaques/<code>/withdraw", methods=["GET", "POST"])
@requires(REGISTER)
def desk_withdraw_plaque(code: str) -> ResponseReturnValue:
    """It is lost, worn or no longer wanted: its code is worth nothing any more."""
    row, form = plaque_here(reading(), current_actor(), code), PlaqueReasonForm()

    def act(session: Session) -> str:
        withdraw_plaque(session, _by(), row.code, form.reason.data or "")
        return url_for("pledges.desk_plaque", code=row.code)

    return answer(form, "pledges/plaques/desk/withdraw.html", act, thanks=WITHDRAWN, row=row)
