"""Words for drafts of clause sets: columns, and what is refused."""

from collections.abc import Mapping
from typing import Final

from pledges.rules.clause_drafts import ClauseFlaw
from pledges.rules.clauses import Letter
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

LETTERS: Final[Mapping[Letter, Words]] = {
    Letter.FRONTAGE: _l("Frontage pledge"),
    Letter.PARKING: _l("Offer of parking spaces"),
    Letter.TARGET: _l("Letter of targets between levels"),
}
COLUMNS: Final[Mapping[str, Words]] = {
    "code": _l("Short name"),
    "axis": _l("Belongs to"),
    "pictogram": _l("Sign"),
    "text_zh_hans": _l("Clause in simplified Chinese"),
    "text_zh_hant": _l("Clause in traditional Chinese"),
    "text_en": _l("Clause in English"),
    "text_khb": _l("Clause in Dai"),
    "plain_zh_hans": _l("One plain sentence in simplified Chinese"),
    "plain_zh_hant": _l("One plain sentence in traditional Chinese"),
    "plain_en": _l("One plain sentence in English"),
    "file": _l("File"),
    "": _l("Table"),
}

register_actions(
    {
        "clauses:publish": _l("Text of pledges published"),
        "clauses:end": _l("Text of pledges ended"),
    }
)
register(
    {
        ClauseFlaw.EMPTY: _l("This must not be empty."),
        ClauseFlaw.LONG: _l("Please use at most %(most)s characters."),
        ClauseFlaw.STRAY: _l(
            "There are signs in it that cannot be seen or that a table would run. Please type it "
            "again."
        ),
        ClauseFlaw.CODE: _l(
            "Use small Latin letters, digits and underscores, a letter first, at most %(most)s."
        ),
        ClauseFlaw.CODE_TAKEN: _l("This short name is taken. Please use another."),
        ClauseFlaw.TWICE: _l("This short name stood on an earlier line."),
        ClauseFlaw.AXIS: _l(
            "It must belong to cleanliness, greenery, order or lighting (clean, green, order, "
            "light)."
        ),
        ClauseFlaw.PICTOGRAM: _l("There is no such sign."),
        ClauseFlaw.TRADE: _l("This trade is not known."),
        ClauseFlaw.PLACE: _l("There is no such place. Please write its name or its code."),
        ClauseFlaw.NOT_YOURS: _l("This lies outside of the places that you look after."),
        ClauseFlaw.MODEL: _l("There is no such model text."),
        ClauseFlaw.NO_COLUMN: _l("This column is missing."),
        ClauseFlaw.NO_FILE: _l("Choose a file."),
        ClauseFlaw.TOO_LARGE: _l("The file is too large."),
        ClauseFlaw.UNREADABLE: _l("The table cannot be read here."),
        ClauseFlaw.SPOILED: _l(
            "A cell is damaged, holds a formula, or a line has too many or too few cells."
        ),
        ClauseFlaw.NO_ROWS: _l("The table has no lines."),
        ClauseFlaw.MANY: _l("A text has at most %(most)s clauses."),
        ClauseFlaw.NO_CLAUSES: _l("A text without clauses is not published. Please add some."),
        ClauseFlaw.HAS_DRAFT: _l("There is a draft already. Please go on with it."),
        ClauseFlaw.NO_DRAFT: _l("Meanwhile this draft was published or thrown away."),
        ClauseFlaw.CHANGED: _l(
            "Meanwhile somebody else changed it. Nothing of yours is lost: look at what stands "
            "there now, and send it again if yours is to count."
        ),
        ClauseFlaw.REMOVED: _l(
            "Meanwhile somebody else took this clause out. What you wrote stands below; you can "
            "add it again as a new clause."
        ),
        ClauseFlaw.SAME: _l("It says the same as the version before."),
        ClauseFlaw.RETROACTIVE: _l("Choose today or a later day: nothing reaches back."),
        ClauseFlaw.AFTER_LAST: _l("Choose a day after the one from which the last version counts."),
        ClauseFlaw.RIVAL: _l(
            "Another main text counts for the same places. Please confirm that this one takes its "
            "place, or end the other first."
        ),
        ClauseFlaw.ENDED: _l("This text has ended."),
        ClauseFlaw.NEVER_PUBLISHED: _l("What was never published cannot be ended."),
    }
)
