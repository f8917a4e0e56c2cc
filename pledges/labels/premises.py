"""Words for the register of premises."""

from collections.abc import Mapping
from typing import Final

from pledges.rules.premises import PremisesState
from pledges.rules.register import PremisesFlaw
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

STATES: Final[Mapping[PremisesState, Words]] = {
    PremisesState.OPEN: _l("in business"),
    PremisesState.EMPTY: _l("nobody runs it now"),
    PremisesState.GONE: _l("gone"),
}
COLUMNS: Final[Mapping[str, Words]] = {
    "title": _l("Name on the sign"),
    "kind": _l("Kind"),
    "trade": _l("Trade"),
    "road": _l("Road"),
    "door": _l("House number"),
    "place": _l("Community or street (name or code)"),
    "duty_words": _l("Duty area in words"),
    "duty_outline": _l("Duty area as drawn"),
    "within": _l("Inside which place (its number in the register)"),
    "lon": _l("Longitude (WGS-84)"),
    "lat": _l("Latitude (WGS-84)"),
    "heads": _l("How many people work there"),
    "operator": _l("Operator as on the licence"),
    "phone": _l("Telephone of the operator"),
    "sole_trader": _l("Sole trader"),
    "file": _l("File"),
    "": _l("Table"),
}

register_actions(
    {
        "premises:close": _l("Premises taken out of the register"),
        "premises:unit": _l("Organisation of an operator named"),
        "premises:undo_import": _l("Table of premises taken back"),
    }
)
register(
    {
        PremisesFlaw.EMPTY: _l("This must not be empty."),
        PremisesFlaw.LONG: _l("Please use at most %(most)s characters."),
        PremisesFlaw.STRAY: _l(
            "There are signs in it that cannot be seen or that a table would run. Please type it "
            "again."
        ),
        PremisesFlaw.KIND: _l("This kind of premises is not known."),
        PremisesFlaw.TRADE: _l("This trade is not known."),
        PremisesFlaw.PLACE_UNKNOWN: _l("No place of this district has this name or code."),
        PremisesFlaw.PLACE_MANY: _l("Several places have this name. Please write the code."),
        PremisesFlaw.NOT_YOURS: _l("This lies outside of the places that you look after."),
        PremisesFlaw.POINT: _l("Write both degrees as numbers like 119.9512, or none."),
        PremisesFlaw.HEADS: _l("Write a whole number."),
        PremisesFlaw.PHONE: _l("This is not a telephone number."),
        PremisesFlaw.YES_NO: _l("Write yes or no."),
        PremisesFlaw.NO_OPERATOR: _l("Write whose telephone it is."),
        PremisesFlaw.DOOR_TAKEN: _l("Another place stands in the register at this door already."),
        PremisesFlaw.TWICE: _l("The same door as on line %(first)s."),
        PremisesFlaw.NO_COLUMN: _l("This column is missing."),
        PremisesFlaw.NO_FILE: _l("Choose a file."),
        PremisesFlaw.TOO_LARGE: _l("The table is too large: at most 5 MB and 5,000 lines."),
        PremisesFlaw.UNREADABLE: _l("The table cannot be read here."),
        PremisesFlaw.NO_ROWS: _l("The table has no lines."),
        PremisesFlaw.SPOILED: _l(
            "A cell is damaged, holds a formula, or a line has too many or too few cells."
        ),
        PremisesFlaw.OUTLINE: _l(
            "This is no outline. Paste GeoJSON, or write a longitude and a latitude on each line, "
            "at least three corners."
        ),
        PremisesFlaw.OUTLINE_LARGE: _l(
            "A duty area is at most %(most)s metres wide and has at most %(corners)s corners. "
            "Please look whether longitude and latitude were exchanged."
        ),
        PremisesFlaw.OUTLINE_ALONE: _l(
            "The duty area is only drawn. Please write it in words too: the notice is given in "
            "words, and without them nobody can sign here."
        ),
        PremisesFlaw.HOLDER: _l(
            "Stalls stand inside a market, a scenic spot or the grounds of a unit of the same "
            "district. Please write its number in the register."
        ),
        PremisesFlaw.STALLS: _l(
            "Places that stand inside it are still there. Please take them out of the register "
            "first."
        ),
        PremisesFlaw.SOLE_TRADER: _l(
            "A sole trader is a person and is never linked with the register of organisations."
        ),
        PremisesFlaw.NO_UNIT: _l("No organisation of the register has this code."),
        PremisesFlaw.UNDONE: _l("This table was taken back already."),
        PremisesFlaw.BUILT_UPON: _l(
            "Something was done since with %(count)s of its places (changed, bound, signed, "
            "inspected …). Please correct them one by one."
        ),
    }
)
