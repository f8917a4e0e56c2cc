"""Signatures at the desk: sheets of paper typed in and taken back; a version as a basis."""

from datetime import date
from functools import partial

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.signing import SHEET, BasisForm, ContestForm, SheetForm, UndoForm
from portal.conventions.labels.signing import flaw_in_words
from portal.conventions.queries.signing import (
    PAGE,
    counts_of,
    names_of_signers,
    paper_lines,
    settled_under,
)
from portal.conventions.service.bases import KEEPS, basis_of, make_basis
from portal.conventions.service.contesting import settle_contested
from portal.conventions.service.handling import HANDLES
from portal.conventions.service.rounds import MANAGE
from portal.conventions.service.sheets import (
    BadSheet,
    line_here,
    type_sheet,
    undo_lines,
    version_here,
)
from portal.conventions.service.signing import version_to_read
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "conventions/signing/desk"
TYPED = _l("The sheet is typed in. Its lines count now.")
BACK = _l("Taken back. Names and doors are deleted.")
SETTLED = _l("Done. The reason is kept for the signer and the auditors.")
LISTED = _l("It is on the list. Whoever signed for herself is asked now, and may say no.")


@bp.get("/desk/conventions/<number>/signatures/")
@requires(MANAGE)
def desk_signatures(number: str) -> ResponseReturnValue:
    """How many signed, and the lines that were typed from paper."""
    row = version_here(reading(), current_actor(), number)
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = paper_lines(reading(), row.id, after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", row=row, rows=rows, counts=counts_of(reading(), row.id),
        following=rows[-1].number if len(found) > PAGE else None,
        handles=current_actor().may(HANDLES, place_path=row.place_path) and row.counts(_today()),
        open=row.open_on(_today()),
    )  # fmt: skip


def _today() -> date:
    return city_day(now(), instance().city.zone)


@bp.route("/desk/conventions/<number>/signatures/paper", methods=["GET", "POST"])
@requires(MANAGE)
def desk_sign_sheet(number: str) -> ResponseReturnValue:
    """Type a sheet in."""
    row, form = version_here(reading(), current_actor(), number), SheetForm()
    flaws: list[tuple[int, str]] = []
    act = partial(_type, row.number, form, flaws)
    return answer(form, f"{FOLDER}/sheet.html", act, thanks=TYPED, row=row, flaws=flaws)


def _type(number: str, form: SheetForm, flaws: list[tuple[int, str]], session: Session) -> str:
    try:
        type_sheet(session, current_actor(), number, form.wish(), now=now())
    except BadSheet as bad:
        flaws += [(line, flaw_in_words(code, facts)) for line, code, facts in bad.flaws]
        raise
    return url_for("conventions.desk_signatures", number=number)


@bp.route("/desk/conventions/<number>/signatures/contested", methods=["GET", "POST"])
@requires(MANAGE)
def desk_contested(number: str) -> ResponseReturnValue:
    """End a signature on the screen that is contested, or hide its name."""
    row, form = version_here(reading(), current_actor(), number), ContestForm()
    form.offer(names_of_signers(reading(), row.id), settled_under(reading(), row.id))

    def act(session: Session) -> str:
        settle_contested(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.desk_signatures", number=row.number)

    return answer(form, f"{FOLDER}/contested.html", act, thanks=SETTLED, row=row)


@bp.route("/desk/signatures/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_signature(number: str) -> ResponseReturnValue:
    """A line of paper with the photo of its sheet, and how to take it back."""
    row, form = line_here(reading(), current_actor(), number), UndoForm()

    def act(session: Session) -> str:
        whole = form.what.data == SHEET
        undo_lines(session, current_actor(), row.number, whole=whole, now=now())
        return url_for("conventions.desk_signatures", number=row.on)

    return answer(form, f"{FOLDER}/one.html", act, thanks=BACK, row=row)


@bp.get("/desk/signatures/<number>/photo")
@requires(MANAGE)
def desk_signature_photo(number: str) -> ResponseReturnValue:
    """The photo of a sheet, for those who type it in."""
    row = line_here(reading(), current_actor(), number)
    try:
        response = make_response(instance().blobs.open(row.paper_key or ""))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/desk/conventions/<number>/basis", methods=["GET", "POST"])
@requires(KEEPS)
def desk_convention_basis(number: str) -> ResponseReturnValue:
    """Enter a version into the ledger's list of what deductions may rest on."""
    row, form = version_to_read(reading(), number), BasisForm()
    if not current_actor().may(KEEPS, place_path=row.place_path):
        raise Missing

    def act(session: Session) -> str:
        source = form.source.data or ""
        make_basis(session, current_actor(), row.number, source, now=now())
        return url_for("credit.deduction_bases")

    return answer(
        form, f"{FOLDER}/basis.html", act, thanks=LISTED, row=row,
        own=basis_of(reading(), current_actor(), row, now()),
    )  # fmt: skip
