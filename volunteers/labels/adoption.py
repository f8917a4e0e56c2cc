"""Words for the codes of adoption."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level
from volunteers.queries.adoption.plots import Standing
from volunteers.rules.adoption.life import AdoptionState, CareState, Party, Role, Step
from volunteers.rules.adoption.lists import deeds
from volunteers.rules.adoption.personal import AdoptionData, AdoptionPurpose
from volunteers.rules.adoption.refusals import AdoptionRefusal, RegisterFlaw

Record = Mapping[str, Any]

STATES: Mapping[AdoptionState, Words] = {
    AdoptionState.APPLIED: _l("waits for the look at the place"),
    AdoptionState.OFFERED: _l("the agreement can be signed"),
    AdoptionState.SIGNED: _l("signed by the adopter"),
    AdoptionState.ACTIVE: _l("adopted"),
    AdoptionState.REMINDED: _l("adopted, a reminder was sent"),
    AdoptionState.TO_RECTIFY: _l("to be put right by a day"),
    AdoptionState.LEAVING: _l("the adopter leaves"),
    AdoptionState.TO_SETTLE: _l("to be settled"),
    AdoptionState.ENDED: _l("ended"),
    AdoptionState.REFUSED: _l("the place does not fit"),
    AdoptionState.WITHDRAWN: _l("application withdrawn"),
    AdoptionState.LAPSED: _l("not signed in time"),
}
STEPS: Mapping[Step, Words] = {
    Step.APPLY: _l("Application for adoption"),
    Step.FIT: _l("The place was looked at: it fits"),
    Step.UNFIT: _l("The place was looked at: it does not fit"),
    Step.WITHDRAW: _l("Application withdrawn"),
    Step.LAPSE: _l("The agreement was not signed in time"),
    Step.SIGN: _l("The adopter signed"),
    Step.COUNTERSIGN: _l("The city signed"),
    Step.REMIND: _l("Reminded"),
    Step.DEMAND: _l("To be put right by a day"),
    Step.PUT_RIGHT: _l("Put right"),
    Step.END_NEGLECT: _l("Ended because it was neglected"),
    Step.GIVE_NOTICE: _l("The adopter gave notice"),
    Step.STAY: _l("The adopter stays"),
    Step.LEAVE: _l("The adopter has left"),
    Step.EXPIRE: _l("The term is over"),
    Step.ASK_RENEWAL: _l("The adopter signed for another term"),
    Step.RENEW: _l("Renewed"),
    Step.LOSE: _l("The thing is gone"),
    Step.RELOCATE: _l("The plot is needed: first right to another"),
    Step.SETTLE: _l("What follows was settled"),
    Step.HAND_OVER: _l("Another adopter leads"),
}
# the same as something that staff do
DESK_DOES: Mapping[Step, Words] = {
    Step.REMIND: _l("Send a reminder"),
    Step.DEMAND: _l("Set a day until which it is put right"),
    Step.PUT_RIGHT: _l("It is put right"),
    Step.END_NEGLECT: _l("End it because it is neglected"),
    Step.LOSE: _l("The thing is gone"),
    Step.RELOCATE: _l("The plot is needed for something else"),
    Step.SETTLE: _l("It is settled"),
}
STANDINGS: Mapping[Standing, Words] = {
    Standing.FREE: _l("to be adopted"),
    Standing.HELD: _l("adopted"),
    Standing.HERITAGE: _l("old and notable tree, protected"),
    Standing.NOT_OFFERED: _l("not offered"),
    Standing.GONE: _l("no longer there"),
}
PARTIES: Mapping[Party, Words] = {
    Party.PERSON: _l("A person or a family"),
    Party.GROUP: _l("A group, a unit or a shop"),
    Party.SCHOOL_CLASS: _l("A school class"),
}
ROLES: Mapping[Role, Words] = {
    Role.LEAD: _l("leads"),
    Role.MEMBER: _l("takes part"),
    Role.ASKED: _l("asks to join"),
}
CARE_STATES: Mapping[CareState, Words] = {
    CareState.WRITTEN: _l("not confirmed yet"),
    CareState.CONFIRMED: _l("confirmed"),
    CareState.VOID: _l("struck out"),
}
COLUMNS: Mapping[str, Words] = {
    "register_number": _l("Register number"),
    "kind": _l("Kind"),
    "name": _l("What it is called"),
    "lon": _l("Longitude (WGS-84)"),
    "lat": _l("Latitude (WGS-84)"),
    "square_metres": _l("Area in square metres"),
    "owner": _l("Owner"),
    "adoptable": _l("Can be adopted"),
    "heritage": _l("Old and notable tree"),
    "new_green": _l("New public green"),
    "listed_from": _l("Listed from"),
    "file": _l("File"),
    "": _l("Table"),
}
THRESHOLDS: Mapping[str, Words] = {
    "plaque_square_metres": _l("Smallest area for a plaque (square metres)"),
    "name_square_metres": _l("Smallest area for a name (square metres)"),
    "name_cost_percent": _l("A name needs more than this share of the cost (per cent)"),
    "name_years": _l("A name stands at most so long (years)"),
    "notice_days": _l("Notice of an adopter who leaves (days)"),
    "sign_days": _l("Time to sign after the look at the place (days)"),
    "term_months": _l("Term of an agreement (months)"),
    "renew_days": _l("Renewal can be signed so long before the last day (days)"),
    "first_right_days": _l("First right to another plot (days)"),
    "inspect_days": _l("Checked at least once in (days)"),
    "applications_a_month": _l("Applications of one person in a month"),
}

register(STATES)
register(STEPS)
register(STANDINGS)
register(PARTIES)
register(ROLES)
register(CARE_STATES)
register(
    {
        AdoptionRefusal.HERITAGE: _l(
            "Old and notable trees are looked after by experts and are not adopted. Please choose "
            "another thing."
        ),
        AdoptionRefusal.NOT_ADOPTABLE: _l("This is not offered for adoption."),
        AdoptionRefusal.GONE: _l("This is no longer there. Please choose another thing."),
        AdoptionRefusal.TAKEN: _l(
            "Somebody has adopted this already, and a plot is not split. You can ask to join, or "
            "choose another."
        ),
        AdoptionRefusal.FIRST_RIGHT: _l(
            "Somebody whose plot had to be moved has applied for this one and goes first."
        ),
        AdoptionRefusal.APPLIED_ALREADY: _l("You have applied for this already."),
        AdoptionRefusal.TOO_MANY: _l("No more than %(most)s applications a month, please."),
        AdoptionRefusal.CHILD: _l(
            "Children under 14 adopt together with a parent or their class: an adult applies. "
            "Nobody under 18 is shown by name."
        ),
        AdoptionRefusal.UNKNOWN_FORM: _l("Choose how you want to adopt."),
        AdoptionRefusal.NO_GROUP_NAME: _l("Write the name of the group or class."),
        AdoptionRefusal.NAME_SMALL: _l(
            "Only plots of %(metres)s square metres and more can bear a name."
        ),
        AdoptionRefusal.NAME_SHARE: _l(
            "A name needs more than %(percent)s per cent of the cost of building or a donation."
        ),
        AdoptionRefusal.MOVED_ON: _l(
            "This has changed meanwhile. Please look at it again; nothing was done."
        ),
        AdoptionRefusal.NO_REASON: _l("Please write why. The adopter reads it."),
        AdoptionRefusal.NO_SIGNATURE: _l("Type your name to sign."),
        AdoptionRefusal.TEXT_CHANGED: _l(
            "The text of the agreement has a new version. Please read it and sign that one."
        ),
        AdoptionRefusal.SAME_PERSON: _l("Nobody decides about an adoption of her or his own."),
        AdoptionRefusal.BAD_RECTIFY_DAY: _l("The day must be %(day)s or later."),
        AdoptionRefusal.NOT_ASKED: _l("The adopter has not signed for another term."),
        AdoptionRefusal.TOO_EARLY: _l("This is possible from %(day)s on."),
        AdoptionRefusal.NOT_OVER: _l("There is still time to put it right, until %(day)s."),
        AdoptionRefusal.TWO_LEADS: _l(
            "Somebody leads on this plot already. A plot has one lead; others can join."
        ),
        AdoptionRefusal.NOT_A_MEMBER: _l("Choose somebody who takes part."),
        AdoptionRefusal.IS_LEAD: _l(
            "You lead. Hand over to somebody who takes part first, or give notice for all."
        ),
        AdoptionRefusal.JOINED_ALREADY: _l("You take part already, or have asked."),
        AdoptionRefusal.UNKNOWN_DEED: _l("Choose what was done."),
        AdoptionRefusal.DAY_AHEAD: _l("This day is still to come."),
        AdoptionRefusal.DAY_BEFORE: _l("This day was before the agreement."),
        AdoptionRefusal.VOID_ALREADY: _l("This line is struck out already."),
        AdoptionRefusal.NO_SCORE: _l("Give one to five points."),
        AdoptionRefusal.OWN_RATING: _l("Adopters do not rate their own plot."),
        AdoptionRefusal.NOT_RATED_YET: _l("This can be rated once it is adopted."),
        AdoptionRefusal.NO_TEXT: _l("Write the text in this language too."),
        AdoptionRefusal.SAME_TEXT: _l("Nothing has changed in this text."),
        AdoptionRefusal.NOT_MONDAY_YET: _l("This week is still to come."),
        AdoptionRefusal.DRY_ALREADY: _l("This week is marked already for this place."),
        AdoptionRefusal.UNKNOWN_PLACE: _l(
            "There is no such place, or several of this name. Write its full name or its code."
        ),
        AdoptionRefusal.NOT_YOUR_PLACE: _l("This place is outside your own."),
        AdoptionRefusal.CHANGED: _l(
            "Somebody else has changed this meanwhile. Please look at it again."
        ),
        RegisterFlaw.NO_COLUMN: _l("This column is missing."),
        RegisterFlaw.EMPTY: _l("This must not be empty."),
        RegisterFlaw.LONG: _l("Please write no more than %(most)s characters."),
        RegisterFlaw.DAMAGED: _l("This holds damaged characters."),
        RegisterFlaw.SPOILED: _l("The spreadsheet has spoiled this cell (a formula or rounding)."),
        RegisterFlaw.TWICE: _l("This number stands in line %(first)s already."),
        RegisterFlaw.KIND: _l("There is no such kind of thing: %(value)s"),
        RegisterFlaw.POINT: _l("This is not a degree of the globe, such as 119.9512."),
        RegisterFlaw.OUTSIDE: _l("This point lies outside the city. Nothing was taken over."),
        RegisterFlaw.NOT_YOURS: _l("This lies outside the places that you look after."),
        RegisterFlaw.AREA: _l("The area is missing, or no whole number of square metres."),
        RegisterFlaw.DAY: _l("Write a day like 2026-07-01."),
        RegisterFlaw.YES_NO: _l("Write yes or no."),
        RegisterFlaw.HERITAGE: _l("An old and notable tree cannot be offered for adoption."),
        RegisterFlaw.HELD: _l(
            "It is adopted: its kind and that it can be adopted stay until that has ended."
        ),
        RegisterFlaw.NUMBER_TAKEN: _l("Something else has this register number."),
        RegisterFlaw.NO_FILE: _l("Please choose a file."),
        RegisterFlaw.UNREADABLE: _l(
            "This cannot be read as a CSV or XLSX table. Is the encoding right?"
        ),
        RegisterFlaw.TOO_LARGE: _l("The table is too large. Please split it."),
        RegisterFlaw.NO_ROWS: _l("The table has no rows."),
        AdoptionData.APPLICATION: _l("What you wrote when you applied to adopt something"),
        AdoptionData.MEMBER: _l("What you adopted, and the name with which you signed"),
        AdoptionData.PUBLIC_NAME: _l("The name under which you want to be shown as an adopter"),
        AdoptionData.CARE: _l("What you did for what you adopted, with your words and photos"),
        AdoptionData.AGREEMENT: _l("The agreements on adoption that you signed"),
        AdoptionPurpose.ADOPTION: _l("so that green space and things of the street are cared for"),
    }
)
register_actions(
    {
        **{f"adoption:{step.value}": words for step, words in STEPS.items()},
        "adoption:inspect": _l("Adopted plot checked"),
        "adoption:model": _l("Model agreement for adoption published"),
        "adoption:dry": _l("Dry week marked"),
        "adoption:register": _l("Entry of the adoption register written"),
        "adoption:retire": _l("Entry of the adoption register taken off"),
        "adoption:import": _l("Adoption register imported"),
    }
)
messages.register(
    {
        "adoption.offered": _l(
            "The place fits: you can sign the agreement for what you want to adopt until %(day)s. "
            "%(link)s"
        ),
        "adoption.unfit": _l(
            "The place was looked at, and it cannot be adopted as you wished. Read why: %(link)s"
        ),
        "adoption.in_force": _l(
            "Thank you for adopting. The agreement holds until %(day)s: %(link)s"
        ),
        "adoption.reminded": _l("What you adopted needs care (%(reason)s). See: %(link)s"),
        "adoption.demanded": _l(
            "Please put right what you adopted until %(day)s (%(reason)s). See: %(link)s"
        ),
        "adoption.put_right": _l("What you adopted is in order again. Thank you. %(link)s"),
        "adoption.ended_neglect": _l("Your adoption has ended (%(reason)s). Read more: %(link)s"),
        "adoption.lost": _l(
            "What you adopted is gone (%(reason)s). We settle with you what follows: %(link)s"
        ),
        "adoption.relocated": _l(
            "Your plot is needed for something else (%(reason)s). You have the first right to "
            "another: %(link)s"
        ),
        "adoption.settled": _l("Your adoption is settled (%(reason)s). Thank you. %(link)s"),
        "adoption.lapse": _l("The agreement was not signed in time. You may apply again: %(link)s"),
        "adoption.leave": _l("Your notice has run. Thank you for your care. %(link)s"),
        "adoption.expire": _l("The term of your adoption is over. Thank you. %(link)s"),
        "adoption.dry": _l("This week is dry: please water what you adopted. Thank you. %(link)s"),
    }
)


def deed_words(code: str) -> str:
    """What was done, in words."""
    found = deeds().get(code)
    return in_words(found.names) if found else code


def _adoption(record: Record) -> Iterator[Any]:
    yield record["number"]
    yield str(STATES[AdoptionState(record["state"])])
    yield str(ROLES[Role(record["role"])]) if record["role"] else None
    yield record["applied_at"]
    yield from (record[name] for name in ("group", "plot_name", "signature", "public_name"))
    yield record["words"]


def _agreement(record: Record) -> Iterator[Any]:
    # the line that proves it is for programs: it stands in the file, and on her agreement
    yield from (record["number"], record["at"])


def _care(record: Record) -> Iterator[Any]:
    yield deed_words(record["deed"])
    day = date.fromisoformat(record["done_on"])
    yield format_skeleton("yMMMd", day, locale=current_language())
    yield record["words"]


def _rating(record: Record) -> Iterator[Any]:
    yield str(LEVELS[Level(record["result_level"])])
    yield str(LEVELS[Level(record["service_level"])])
    yield from (record["created_at"], record["words"])


register_reader("adoption", _l("What you adopted or wanted to adopt"), _adoption)
register_reader("adoption_agreement", _l("Agreements on adoption that you signed"), _agreement)
register_reader("adoption_care", _l("What you did for what you adopted"), _care)
register_reader("adoption_rating", _l("How you rated adopted plots"), _rating)
