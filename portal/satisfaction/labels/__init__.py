"""Words for levels, reasons, months and refusals."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_skeleton

from portal.kernel.i18n import current_language, gettext, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance
from portal.kernel.words import Words, register
from portal.satisfaction.rules import FigureRefusal, Level, RatingConflict, Reason, SubjectKind
from portal.satisfaction.rules.release import CATEGORY, ReleaseRefusal

LEVELS: Mapping[Level, Words] = {
    Level.VERY_SATISFIED: _l("Very satisfied"),
    Level.SATISFIED: _l("Satisfied"),
    Level.FAIRLY_SATISFIED: _l("Fairly satisfied"),
    Level.DISSATISFIED: _l("Dissatisfied"),
    Level.VERY_DISSATISFIED: _l("Very dissatisfied"),
}
REASONS: Mapping[Reason, Words] = {
    Reason.SLOW: _l("It took too long"),
    Reason.ATTITUDE: _l("Poor attitude"),
    Reason.COMPLICATED: _l("The procedure was too complicated"),
    Reason.WAITING: _l("I had to wait too long"),
    Reason.NOT_SOLVED: _l("The problem is not solved"),
    Reason.OTHER: _l("Something else"),
}

register(
    {
        RatingConflict.WINDOW_OVER: _l("The time for rating this matter is over."),
        RatingConflict.RATED_MEANWHILE: _l(
            "A rating of this matter was kept from another page meanwhile. "
            "Please look at it, and change it there if you like."
        ),
        FigureRefusal.BAD_MONTH: _l("Please write the month like 2026-10."),
        FigureRefusal.MONTH_OPEN: _l("This month is not over yet."),
        ReleaseRefusal.RELEASED: _l("This month is released already and stays as it is."),
        ReleaseRefusal.OLD_TABLE: _l(
            "This month was shown by the first table of figures and is not released again."
        ),
        ReleaseRefusal.NOT_RELEASED: _l("There is no release of this month to correct."),
        ReleaseRefusal.CORRECTED: _l(
            "Two months of this year were corrected: what is left of the budget belongs to the "
            "months to come."
        ),
        ReleaseRefusal.NO_REASON: _l("Say why it is corrected, in up to %(most)s characters."),
        ReleaseRefusal.NOTHING_COUNTED: _l(
            "Nobody’s rating belongs to this month or an earlier one: there is nothing to release."
        ),
        ReleaseRefusal.KEPT: _l(
            "This release was made before the database was taken back to an earlier day. It is put "
            "back as it was, and never made anew."
        ),
        ReleaseRefusal.COPIES_LOST: _l(
            "The copies of earlier releases are not on this machine, so this month may be "
            "published already and nobody here knows. Put the folder of copies back first."
        ),
        ReleaseRefusal.COPY_DAMAGED: _l(
            "The copy %(file)s of an earlier release is damaged, so that month waits. Put this "
            "file back from where the folder of copies is kept a second time, or take the "
            "published files in with “gongzhi satisfaction adopt”."
        ),
        ReleaseRefusal.NOT_LOOKED: _l(
            "This portal was restored and knows no release, so this month may be published "
            "already. Look who holds files of it, and take them in with “gongzhi satisfaction "
            "adopt”; when nobody does: “gongzhi satisfaction copies --nothing-newer”."
        ),
        ReleaseRefusal.NOT_WHOLE: _l(
            "These are not the four files of a release as it was published: %(file)s is missing "
            "or was changed."
        ),
        ReleaseRefusal.OTHER_PROGRAM: _l(
            "This version of the program makes another table of these measurements. Take the "
            "files in with the version that made them, and update then."
        ),
        ReleaseRefusal.UNKNOWN_PLACE: _l(
            "There is no place with the code %(code)s here: these files are of another city."
        ),
        ReleaseRefusal.OTHER_FIGURES: _l(
            "There is a release %(release)s here, with other figures than in these files: its "
            "noise was drawn twice. Ask the responsible person before you do anything else."
        ),
        ReleaseRefusal.ANSWERS_GONE: _l(
            "The answers of this month are deleted, or will be within a day: it is not corrected "
            "any more."
        ),
        ReleaseRefusal.BUDGET_SPENT: _l(
            "This year’s privacy budget for these ratings is spent: nothing more can be released."
        ),
    }
)

KINDS: Mapping[SubjectKind, Words] = {
    SubjectKind.CASE: _l("What was done about reports"),
    SubjectKind.ADOPTION: _l("Adopted green space"),
    SubjectKind.SHIFT: _l("Voluntary service"),
    SubjectKind.FRONTAGE: _l("Frontages of shops"),
    SubjectKind.SELF_GOVERNMENT: _l("Self-government of communities"),
    SubjectKind.SURVEY: _l("Public surveys"),
    SubjectKind.ESTATE: _l("Property service of estates"),
}


def level_words(level: str) -> str:
    """What a level of a release is called: the city's own word, or the kinds of problems."""
    if level == CATEGORY:
        return gettext("Kind of problem")
    names = {one.code: one.names for one in instance().city.levels}
    return str(in_words(names[level]))


def month_words(month: str) -> str:
    """``2026-10`` as people say it."""
    year, number = (int(part) for part in month.split("-"))
    return format_skeleton("yMMMM", date(year, number, 1), locale=current_language())


def satisfied_words(levels: int) -> list[str]:
    """The names of the levels that count as satisfied."""
    return [str(LEVELS[level]) for level in sorted(Level)[:levels]]
