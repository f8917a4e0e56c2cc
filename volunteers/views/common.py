"""What the pages of sign-up have in common: whose they are, and the words of refusals."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app

from portal.accounts.access import current_actor
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import in_words
from portal.kernel.ids import clean_number
from portal.kernel.web import reading
from volunteers.labels.activities import SIGN_UP_STATES
from volunteers.labels.signing_up import QUALIFICATION_STATES, RULES
from volunteers.queries.sign_ups import SignShift, sign_shift
from volunteers.rules.activities import qualifications, shift_roles
from volunteers.rules.signing_up import SignUpRefusal

WORDS: Mapping[str, Any] = {
    "sign_up_states": SIGN_UP_STATES,
    "qualification_states": QUALIFICATION_STATES,
    "roles": shift_roles(),
    "qualifications": qualifications(),
}


def me() -> UUID:
    """The reader, who is signed in."""
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


def shown_shift(number: str) -> SignShift:
    """A shift that residents may see: none of a draft. Raises Missing."""
    shift = any_shift(number)
    if shift.hidden:
        raise Missing
    return shift


def any_shift(number: str) -> SignShift:
    """A shift, also of a draft: whether it may be seen is asked before. Raises Missing."""
    shift = sign_shift(reading(), clean_number(number) or "")
    if shift is None:
        raise Missing
    return shift


def said(act: Callable[[], str]) -> str:
    """Run an act; moments and codes in the facts of its refusal become words of the reader."""
    try:
        return act()
    except Refused as refusal:
        refusal.facts = {key: _word(key, value) for key, value in refusal.facts.items()}
        raise


def _word(key: str, value: Any) -> Any:
    filters: Mapping[str, Callable[[Any], str]] = current_app.jinja_env.filters
    if isinstance(value, datetime):
        return filters["moment"](value)
    if isinstance(value, date):
        return filters["day"](value)
    if key == "qualification":
        return in_words(qualifications()[value].names)
    return filters["number"](value) if isinstance(value, int | float) else value


def rules_in_words(codes: tuple[str, ...]) -> list[str]:
    """The rules that were set aside, as she reads them."""
    return [str(RULES[SignUpRefusal(code)]) for code in codes if SignUpRefusal(code) in RULES]


__all__ = ["WORDS", "any_shift", "me", "rules_in_words", "said", "shown_shift"]
