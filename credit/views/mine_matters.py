"""A deduction as the person concerned reads it, and everything she can do about it (L7–L9, L14)."""

from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import abort, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from credit.forms.mine import ObjectionForm, StatementForm
from credit.labels.process import BASIS_KINDS, DECISIONS, MATTER_EVENTS, MATTER_STATES
from credit.queries.process import Matter, open_steps, own_matter_by_number, own_matters
from credit.rules.process import MatterState
from credit.service import process
from credit.views.blueprint import bp
from credit.views.mine_words import rule_url
from portal.accounts.access import current_actor, signed_in
from portal.accounts.forms import PlainForm
from portal.accounts.service.news import register_news
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading

SHAPES = {
    MatterState.ANNOUNCED: "waiting",
    MatterState.DISPUTED: "sent_back",
    MatterState.IN_EFFECT: "active",
    MatterState.CONTESTED: "sent_back",
}
WORDS: dict[str, Any] = {
    "states": MATTER_STATES,
    "shapes": SHAPES,
    "events": MATTER_EVENTS,
    "decisions": DECISIONS,
    "basis_kinds": BASIS_KINDS,
}


def mine_here(number: str) -> Matter:
    """Her own matter of this number. Raises Missing for anybody else's."""
    person_id, clean = current_actor().person_id, clean_number(number)
    found = None
    if person_id is not None and clean is not None:
        found = own_matter_by_number(reading(), person_id, clean, now())
    if found is None:
        raise Missing
    return found


def _me() -> UUID:
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


def _page(matter: Matter) -> str:
    return url_for("credit.my_matter", number=matter.number)


@bp.get("/credit/matters/")
@signed_in
def my_matters() -> ResponseReturnValue:
    """Every deduction that I was told of, the newest first."""
    found = own_matters(reading(), _me(), now())
    return render_template("credit/mine/matters.html", matters=found, **WORDS)


@bp.get("/credit/matters/<number>")
@signed_in
def my_matter(number: str) -> ResponseReturnValue:
    """The notice with all that the law asks of it, and what I can do until when."""
    matter = mine_here(number)
    return render_template(
        "credit/mine/matter.html", matter=matter, form=PlainForm(), now=now(),
        rule_url=rule_url(f"{matter.rule_code}@{matter.rule_version}"), **WORDS,
    )  # fmt: skip


@bp.get("/credit/matters/<number>/print")
@signed_in
def print_matter(number: str) -> ResponseReturnValue:
    """The same on paper."""
    matter = mine_here(number)
    address = f"{instance().config.origin}{_page(matter)}"
    return render_template(
        "credit/mine/matter_print.html", matter=matter, now=now(), rule_url="",
        address=address, qr=qr_svg(address), **WORDS,
    )  # fmt: skip


@bp.route("/credit/matters/<number>/object", methods=["GET", "POST"])
@signed_in
def object_to_matter(number: str) -> ResponseReturnValue:
    """Object, or ask for the next review: with words, and photos if there are any."""
    matter, form = mine_here(number), ObjectionForm()
    thanks = _l("Your objection is here. From now on this is shown as disputed.")
    return answer(
        form, "credit/mine/object.html", partial(_object, matter, form),
        thanks=thanks, matter=matter,
    )  # fmt: skip


def _object(matter: Matter, form: ObjectionForm, session: Session) -> str:
    review = matter.can_ask_review and not matter.can_object
    act = process.ask_review if review else process.object_to
    act(
        session, person_id=_me(), matter_id=matter.id, statement=form.statement.data or "",
        files=form.photos.data, now=now(),
    )  # fmt: skip
    return _page(matter)


@bp.route("/credit/matters/<number>/statement", methods=["GET", "POST"])
@signed_in
def state_on_matter(number: str) -> ResponseReturnValue:
    """Put my own words beside the record (L14)."""
    matter, form = mine_here(number), StatementForm()
    thanks = _l("Your statement stands beside the record now.")
    return answer(
        form, "credit/mine/statement.html", partial(_state, matter, form),
        thanks=thanks, matter=matter,
    )  # fmt: skip


def _state(matter: Matter, form: StatementForm, session: Session) -> str:
    process.add_statement(
        session, person_id=_me(), matter_id=matter.id, statement=form.statement.data or "",
        now=now(),
    )  # fmt: skip
    return _page(matter)


@bp.route("/credit/matters/<number>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_from_matter(number: str) -> ResponseReturnValue:
    """Take my objection back."""
    matter = mine_here(number)
    thanks = _l("Your objection is taken back.")
    return answer(
        PlainForm(), "credit/mine/withdraw.html", partial(_withdraw, matter),
        thanks=thanks, matter=matter,
    )  # fmt: skip


def _withdraw(matter: Matter, session: Session) -> str:
    process.withdraw_objection(session, person_id=_me(), matter_id=matter.id, now=now())
    return _page(matter)


@bp.get("/credit/matters/<number>/photos/<code>")
@signed_in
def matter_photo(number: str, code: str) -> ResponseReturnValue:
    """A photo of the evidence, or one that I handed in."""
    matter = mine_here(number)
    handed_in = (photo for one in matter.objections for photo in one.files)
    photo = next((one for one in (*matter.evidence, *handed_in) if one.code == code), None)
    try:
        content = instance().blobs.open(photo.blob_key) if photo else None
    except KeyError:  # the details were erased meanwhile
        content = None
    if content is None:
        abort(404)
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


register_news("credit.my_matters", open_steps, "credit/mine/news.html")
