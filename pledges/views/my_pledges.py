"""One's own letters: reading, printing, signing anew, withdrawing; several branches at once."""

from enum import StrEnum
from functools import partial
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.rules.kinds import LedgerRefusal
from pledges.forms.breaches import SureForm
from pledges.forms.signing import MOST_DOORS, SignForm
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
    branches,
    pledge_by_number,
    signature_of,
    titles_of,
)
from pledges.rules.clauses import Letter
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signatures import Signature
from pledges.rules.signing import PledgeState, SigningRefusal
from pledges.service.branches import own_doors
from pledges.service.letters import (
    may_withdraw,
    own_pledge,
    sees_paper,
    sees_signature,
    withdraw,
)
from pledges.views.blueprint import bp
from pledges.views.signing import SIGNED, sending, signing
from pledges.views.signing_page import converse, filled, signing_page
from portal.accounts.access import current_actor, signed_in
from portal.accounts.service.news import register_news
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
# what may keep one place of a batch from being signed
_CODES: dict[str, StrEnum] = {
    code.value: code for code in (*SigningRefusal, *PledgeRefusal, *LedgerRefusal)
}


@bp.get("/me/pledges/")
@signed_in
def my_pledges() -> ResponseReturnValue:
    """My letters, what is to be signed, and what I said about places."""
    rows, who = own_branches(), current_actor().person_id
    return render_template(
        f"{FOLDER}/mine.html", rows=own_pledge_rows(reading(), who),
        due=[row for row in rows if row.due], claims=claims_of(reading(), who),
        failed=_failed(rows), states=PLEDGE_STATES, letters=LETTERS, kinds=CLAIM_KINDS,
        claim_states=CLAIM_STATES,
    )  # fmt: skip


def own_branches() -> list[BranchRow]:
    """The places that whoever is signed in runs, and what is to be signed there."""
    doors = own_doors(reading(), current_actor())
    return branches(reading(), doors, Letter.FRONTAGE, city_day(now(), instance().city.zone))


def _failed(rows: list[BranchRow]) -> list[tuple[str, str]]:
    """At which places nothing was signed just now, and why; the public name of one that is hers no
    more is looked up."""
    given = [one.partition("~")[::2] for one in request.args.getlist("failed")[:MOST_DOORS]]
    pairs = [(clean_number(number) or "", why) for number, why in given if why in _CODES]
    titles = {row.door.number: row.door.title for row in rows}
    if any(number not in titles for number, _why in pairs):
        titles |= titles_of(reading(), [number for number, _why in pairs])
    return [(titles[number], say(_CODES[why])) for number, why in pairs if number in titles]


@bp.get("/me/pledges/<number>")
@signed_in
def my_pledge(number: str) -> ResponseReturnValue:
    """One letter: what was signed, its notice, its history, and what can be done now."""
    row = own_pledge(reading(), current_actor(), number)
    whole = _signature(row)
    return render_template(
        f"{FOLDER}/mine_one.html", row=row, steps=steps_of(reading(), row), step_words=PLEDGE_STEPS,
        whole=whole.canonical().decode() if whole else None,
        may_withdraw=may_withdraw(reading(), current_actor(), row), **_letter(row),
    )  # fmt: skip


@bp.get("/me/pledges/<number>/letter")
@signed_in
def my_letter(number: str) -> ResponseReturnValue:
    """The letter as a sheet of A4, with the way to its check page."""
    row = own_pledge(reading(), current_actor(), number)
    whole = _signature(row)
    path = url_for("pledges.check_letter", number=row.number, hash=row.digest)
    link = f"{instance().config.origin}{path}"
    return render_template(
        f"{FOLDER}/sheet.html", row=row, name=whole.name if whole else "", qr=qr_svg(link),
        url=f"{instance().config.origin}{url_for('pledges.check_letter')}", **_letter(row),
    )  # fmt: skip


def _signature(row: PledgeRow) -> Signature | None:
    """What was sealed, for whoever signed."""
    if not sees_signature(reading(), current_actor(), row):
        return None
    return signature_of(reading(), row.id, row.district)


def _letter(row: PledgeRow) -> dict[str, Any]:
    return {
        "clauses": clauses_of(reading(), row.district, row.id),
        "notice": notice_with(reading(), row), "states": PLEDGE_STATES, "letters": LETTERS,
        "ways": WAYS, "notice_ways": NOTICE_WAYS, "in_force": row.state is PledgeState.IN_FORCE,
        "has_paper": paper_of(reading(), row) is not None
        and sees_paper(reading(), current_actor(), row),
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
