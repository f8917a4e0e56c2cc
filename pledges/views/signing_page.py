"""What every page to sign on has in common: what is to be signed, what was, what changed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from pledges.forms.signing import SignForm, extra_field, kept_ticks
from pledges.labels.clauses import AXES
from pledges.queries.signing import (
    PledgeRow,
    SigningDoor,
    ToSign,
    clauses_with_ids,
    extras_of,
    pledge_in_force,
    to_sign,
)
from pledges.rules.clause_texts import ClauseChange, changes_between
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import SigningRefusal
from pledges.service.signing_codes import phone_to_ask
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Conflict, Refused
from portal.kernel.i18n import current_language
from portal.kernel.ids import new_token
from portal.kernel.pages import Act, answer, submit
from portal.kernel.web import instance, reading
from portal.kernel.words import Words, say

Of = TypeVar("Of", bound=SignForm)


@dataclass(frozen=True)
class SigningPage:
    """What is to be signed at a door, and what is in force there. ``why``: why nothing is."""

    letter: Letter
    door: SigningDoor
    texts: ToSign
    held: PledgeRow | None
    extras_held: frozenset[UUID]
    why: StrEnum | None

    @property
    def shut(self) -> bool:
        """Whether there is no form at all. A second click on what is signed just now has its
        answer from the first."""
        again = request.method == "POST" and self.why is SigningRefusal.SIGNED_ALREADY
        return self.why is not None and not again

    def changes(self, since: UUID | None = None) -> list[ClauseChange]:
        """What differs from the text in force, or from the one that was shown before."""
        old = since or (self.held.version_id if self.held else None)
        if old is None or self.texts.main is None or old == self.texts.main.id:
            return []
        before = clauses_with_ids(reading(), [old])[old]
        return changes_between(
            list(before.values()), list(self.texts.main.clauses.values()), current_language()
        )


def signing_page(door: SigningDoor, letter: Letter, *, by_code: bool = True) -> SigningPage:
    """Look at a door with the eyes of whoever wants to sign there."""
    today = city_day(now(), instance().city.zone)
    texts = to_sign(reading(), door, letter, today)
    held = pledge_in_force(reading(), door.district, door.id, letter)
    extras = extras_of(reading(), held.district, held.id) if held else frozenset[UUID]()
    why = _why_not(letter, door, texts, held, extras)
    if why is None and by_code and phone_to_ask(reading(), door) is None:
        why = SigningRefusal.NO_MOBILE
    return SigningPage(letter, door, texts, held, extras, why)


def _why_not(
    letter: Letter,
    door: SigningDoor,
    texts: ToSign,
    held: PledgeRow | None,
    extras: frozenset[UUID],
) -> StrEnum | None:
    if door.state is PremisesState.GONE:
        return PledgeRefusal.GONE
    if door.operator is None:
        return PledgeRefusal.NO_OPERATOR
    if texts.main is None:
        return SigningRefusal.NO_TEXT
    if held is not None and held.version_id == texts.main.id:
        more = {text.id for text in texts.extras} - extras
        if not more:
            return SigningRefusal.SIGNED_ALREADY
    noticed = letter is not Letter.FRONTAGE or door.duty_words
    return None if noticed else SigningRefusal.NO_DUTY


@dataclass(frozen=True)
class Filled(Generic[Of]):
    """The form of a page; ``stale``: what changed since it was shown; ``since``: its old text."""

    form: Of
    stale: StrEnum | None = None
    since: UUID | None = None


def filled(page: SigningPage, kind: type[Of]) -> Filled[Of]:
    """The form as it is to be shown. What was sent for something older is kept as far as it still
    holds, and is not acted upon: it is read once more."""
    if page.texts.main is None or request.method != "POST":
        return Filled(kind.made(page.door, page.texts))
    stale = _stale(page)
    if stale is None:
        return Filled(kind.made(page.door, page.texts))
    since = version_in(request.form.get("version", ""))
    given = MultiDict(
        (name, value) for name, value in request.form.items(multi=True)
        if not name.startswith("tick-") and name not in {"operator", "duty", "received", "code"}
    )  # fmt: skip
    if stale is not SigningRefusal.OTHER_OPERATOR:
        old = clauses_with_ids(reading(), [since])[since] if since else {}
        held = kept_ticks(old, page.texts.main.clauses, request.form.__contains__)
        given.update(dict.fromkeys(held, "y"))
    if stale is SigningRefusal.NEW_TEXT and "received" in request.form:
        given["received"] = "y"
    return Filled(kind.made(page.door, page.texts, given), stale, since)


def _stale(page: SigningPage) -> StrEnum | None:
    """What of a page that was sent is no longer so. One that says nothing of what it was made for
    is no older page but one cut short: its fields are asked for."""
    sent, main = request.form, page.texts.main
    if not {"operator", "version", "duty"} & sent.keys():
        return None
    if sent.get("operator") != page.door.operator:
        return SigningRefusal.OTHER_OPERATOR
    extras = {extra_field(text.id) for text in page.texts.extras}
    chosen = {name for name in sent if name.startswith("extra-")}
    if main is None or sent.get("version") != str(main.id) or chosen - extras:
        return SigningRefusal.NEW_TEXT
    if page.letter is not Letter.FRONTAGE or sent.get("duty") == str(page.door.duty_version):
        return None
    return SigningRefusal.NEW_DUTY


def version_in(typed: str) -> UUID | None:
    """The text for which a page was made; None for nonsense."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def converse(
    page: SigningPage,
    given: Filled[Any],
    template: str,
    *,
    send: Act,
    sign: Act,
    thanks: Words,
    **context: Any,
) -> ResponseReturnValue:
    """GET shows it; one button sends a code and shows the same page, the other signs."""
    form = given.form
    context |= {
        "page": page, "axes": AXES, "changes": page.changes(given.since),
        # a page that asked for the code goes on asking
        "code_sent": "code" in request.form,
    }  # fmt: skip
    if given.stale is not None:
        form.form_errors = [*form.form_errors, say(given.stale)]
        return render_template(template, form=form, **context), 409
    if not (form.is_submitted() and form.asks_for_code):
        return answer(form, template, sign, thanks=thanks, **context)
    status = send_once(form, send)
    context["code_sent"] |= status == 200
    return render_template(template, form=form, **context), status


def send_once(form: SignForm, send: Act) -> int:
    """Send a code once; what was typed stays, and the form gets a key of its own to sign with."""
    if not form.validate():
        return 422
    try:
        submit(form, send)
    except Refused as refusal:
        form.refuse(refusal)
        return 409 if isinstance(refusal, Conflict) else 422
    form.idempotency_key.data = new_token()
    return 200
