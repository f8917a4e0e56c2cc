"""One's own letters: reading, printing, signing anew, withdrawing; several branches at once."""

from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.signing import BranchesForm, SignForm
from pledges.labels.clauses import AXES
from pledges.labels.personal import CLAIM_KINDS, CLAIM_STATES, PLEDGE_STATES
from pledges.labels.signing import LETTERS, NOTICE_WAYS, PLEDGE_STEPS, WAYS
from pledges.queries.claims import claims_of
from pledges.queries.letters import (
    notice_with,
    own_pledge_rows,
    paper_of,
    renewals_of,
    steps_of,
)
from pledges.queries.plaques import clauses_of
from pledges.queries.signing import (
    BranchRow,
    PledgeRow,
    SigningDoor,
    TextRow,
    branches,
    clauses_with_ids,
    pledge_by_number,
    signature_of,
)
from pledges.rules.clauses import Letter
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import PledgeState, SigningRefusal
from pledges.service.branches import ask_for_batch_code, own_doors, sign_branches
from pledges.service.letters import own_pledge, sees_paper, withdraw
from pledges.views.blueprint import bp
from pledges.views.signing import SIGNED, sending, signing
from pledges.views.signing_page import converse, filled, send_once, signing_page
from portal.accounts.access import current_actor, signed_in
from portal.accounts.service.news import register_news
from portal.accounts.views.browser import this_browser
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say

FOLDER = "pledges/letters"
WITHDRAWN = _l("Withdrawn. The page of the shop says from now on that no pledge is in force.")
SIGNED_MANY = _l("Signed. Each letter stands below.")
_CODES = {code.value: code for code in (*SigningRefusal, *PledgeRefusal)}


@bp.get("/me/pledges/")
@signed_in
def my_pledges() -> ResponseReturnValue:
    """My letters, what is to be signed, and what I said about places."""
    rows, who = _branches(), current_actor().person_id
    return render_template(
        f"{FOLDER}/mine.html", rows=own_pledge_rows(reading(), who),
        due=[row for row in rows if row.due], claims=claims_of(reading(), who),
        failed=_failed(rows), states=PLEDGE_STATES, letters=LETTERS, kinds=CLAIM_KINDS,
        claim_states=CLAIM_STATES,
    )  # fmt: skip


def _branches() -> list[BranchRow]:
    doors = own_doors(reading(), current_actor())
    return branches(reading(), doors, Letter.FRONTAGE, city_day(now(), instance().city.zone))


def _failed(rows: list[BranchRow]) -> list[tuple[str, str]]:
    """At which of one's own places nothing was signed just now, and why."""
    titles = {row.door.number: row.door.title for row in rows}
    pairs = (one.partition("~") for one in request.args.getlist("failed"))
    return [
        (titles[number], say(_CODES[why])) for number, _, why in pairs
        if number in titles and why in _CODES
    ]  # fmt: skip


@bp.get("/me/pledges/<number>")
@signed_in
def my_pledge(number: str) -> ResponseReturnValue:
    """One letter: what was signed, its notice, its history, and what can be done now."""
    row = own_pledge(reading(), current_actor(), number)
    whole = signature_of(reading(), row.id, row.district)
    return render_template(
        f"{FOLDER}/mine_one.html", row=row, steps=steps_of(reading(), row), step_words=PLEDGE_STEPS,
        whole=whole.canonical().decode() if whole else None, **_letter(row),
    )  # fmt: skip


@bp.get("/me/pledges/<number>/letter")
@signed_in
def my_letter(number: str) -> ResponseReturnValue:
    """The letter as a sheet of A4, with the way to its check page."""
    row = own_pledge(reading(), current_actor(), number)
    whole = signature_of(reading(), row.id, row.district)
    path = url_for("pledges.check_letter", number=row.number, hash=row.digest)
    link = f"{instance().config.origin}{path}"
    return render_template(
        f"{FOLDER}/sheet.html", row=row, name=whole.name if whole else "", qr=qr_svg(link),
        url=f"{instance().config.origin}{url_for('pledges.check_letter')}", **_letter(row),
    )  # fmt: skip


def _letter(row: PledgeRow) -> dict[str, Any]:
    return {
        "clauses": clauses_of(reading(), row.district, row.id),
        "notice": notice_with(reading(), row), "states": PLEDGE_STATES, "letters": LETTERS,
        "ways": WAYS, "notice_ways": NOTICE_WAYS, "in_force": row.state is PledgeState.IN_FORCE,
        "has_paper": paper_of(reading(), row) is not None,
    }  # fmt: skip


@bp.route("/me/pledges/<number>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_pledge(number: str) -> ResponseReturnValue:
    """Withdraw a letter, after reading what follows from it."""
    row = own_pledge(reading(), current_actor(), number)
    act = partial(_withdraw, row.number)
    return answer(SureForm(), f"{FOLDER}/withdraw.html", act, thanks=WITHDRAWN, row=row)


def _withdraw(number: str, session: Session) -> str:
    withdraw(session, current_actor(), number, now=now())
    return url_for("pledges.my_pledge", number=number)


@bp.route("/me/pledges/at/<premises>/sign", methods=["GET", "POST"])
@signed_in
def sign_own_place(premises: str) -> ResponseReturnValue:
    """Sign for a place of one's own, without its plaque: also anew, when the text is a new one."""
    page = signing_page(_own_door(premises), Letter.FRONTAGE)
    if page.why is not None and page.shut:
        return render_template("pledges/signing/none.html", page=page, why=say(page.why)), 409
    given = filled(page, SignForm)
    return converse(
        page, given, "pledges/signing/sign.html", thanks=SIGNED, send=sending(page, given.form),
        sign=signing(page, given.form),
    )  # fmt: skip


def _own_door(premises: str) -> SigningDoor:
    number = clean_number(premises)
    mine = own_doors(reading(), current_actor())
    door = next((one for one in mine if one.number == number), None)
    if door is None:
        raise Missing
    return door


@bp.route("/me/pledges/branches", methods=["GET", "POST"])
@signed_in
def sign_branches_page() -> ResponseReturnValue:
    """Sign the same text for several places with one code."""
    due = [row for row in _branches() if row.due and row.door.duty_words and not row.has_extras]
    texts = Counter(row.text[1].id for row in due if row.text)
    asked = _asked(texts)
    if asked is None:
        return redirect(url_for("pledges.my_pledges"), 303)
    doors = [row.door for row in due if row.text and row.text[1].id == asked]
    form = BranchesForm.made_for(doors, _text(due, asked))
    return _talk(form, axes=AXES, others=[one for one in texts if one != asked])


def _talk(form: BranchesForm, **context: Any) -> ResponseReturnValue:
    """One button sends a code and shows the same page, the other signs."""
    page, sent = f"{FOLDER}/branches.html", "code" in request.form
    if form.is_submitted() and form.asks_for_code:
        status = send_once(form, partial(_send_many, form))
        return render_template(page, form=form, code_sent=sent or status == 200, **context), status
    return answer(
        form, page, partial(_sign_many, form), thanks=SIGNED_MANY, code_sent=sent, **context
    )


def _asked(texts: "Counter[UUID]") -> UUID | None:
    """The text that was asked for, or the one that is meant for most of the places."""
    sought = request.form.get("version") or request.args.get("text", "")
    return next(
        (one for one in texts if str(one) == sought),
        texts.most_common(1)[0][0] if texts else None,
    )


def _text(rows: list[BranchRow], version_id: UUID) -> TextRow:
    row, version = next(one.text for one in rows if one.text and one.text[1].id == version_id)
    return TextRow(row, version, clauses_with_ids(reading(), [version_id])[version_id])


def _send_many(form: SignForm, session: Session) -> str:
    ask_for_batch_code(session, current_actor(), this_browser(form), now=now())
    return ""


def _sign_many(form: BranchesForm, session: Session) -> str:
    done = sign_branches(
        session, current_actor(), form.wishes(Letter.FRONTAGE), form.code.data or "",
        this_browser(form), now=now(),
    )  # fmt: skip
    failed = [f"{one.premises}~{one.why.value}" for one in done.failed]
    return url_for("pledges.my_pledges", failed=failed or None)


@bp.get("/pledges/papers/<number>")
@signed_in
def pledge_paper(number: str) -> ResponseReturnValue:
    """The photo of a sheet that was signed on paper, for whoever signed and for the desk."""
    row = pledge_by_number(reading(), clean_number(number) or "")
    if row is None or not sees_paper(reading(), current_actor(), row):
        raise Missing
    found = paper_of(reading(), row)
    if found is None:
        raise Missing
    try:
        response = make_response(instance().blobs.open(found))
    except KeyError:
        raise Missing from None
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


register_news("pledges.my_pledges", renewals_of, "pledges/letters/news.html")
