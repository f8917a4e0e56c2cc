"""Words for the codes of assessment."""

from portal.assessment.rules import Axis, Field, ObjectionState, Refusal, Source, Span, TalkState
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.codes import Means

AXES: dict[Axis, Words] = {
    Axis.CLEAN: _l("Clean"),
    Axis.GREEN: _l("Green"),
    Axis.ORDERLY: _l("Orderly"),
    Axis.LIT: _l("Lit"),
}
FIELDS: dict[Field, Words] = {
    Field.CITYSCAPE: _l("Appearance of the city"),
    Field.SANITATION: _l("Sanitation"),
    Field.GREENING: _l("Gardens and green"),
    Field.FACILITIES: _l("Public works and facilities"),
    Field.ADVERTISING: _l("Outdoor advertising"),
    Field.DIGITAL: _l("Digital city management"),
    Field.ENFORCEMENT: _l("Lawful enforcement"),
}
SOURCES: dict[Source, Words] = {
    Source.SYSTEM: _l("counts of this system"),
    Source.RELEASE: _l("the anonymised release of satisfaction"),
    Source.CHECK: _l("daily checks"),
    Source.MEDIA: _l("reports of the media"),
    Source.MUTUAL: _l("scores that units give each other"),
    Source.REGISTER: _l("the register of lamps and the open matters at the end of the month"),
}
SPANS: dict[Span, Words] = {
    Span.MONTH: _l("Scores of the month"),
    Span.QUARTER: _l("Ranking of the quarter"),
    Span.YEAR: _l("Total of the year"),
}
MEANS: dict[Means, Words] = {
    Means.SERVICE: _l("Service"),
    Means.MANAGEMENT: _l("Management"),
    Means.ENFORCEMENT: _l("Enforcement"),
}
OBJECTION_STATES: dict[ObjectionState, Words] = {
    ObjectionState.OPEN: _l("not decided yet"),
    ObjectionState.UPHELD: _l("upheld: the figure was corrected"),
    ObjectionState.REFUSED: _l("not upheld"),
}
TALK_STATES: dict[TalkState, Words] = {
    TalkState.DUE: _l("to be held"),
    TalkState.HELD: _l("held"),
    TalkState.FOLLOWED: _l("looked at again"),
}

register(
    {
        Refusal.BAD_PERIOD: _l("A period is written 2026-10, 2026-Q4 or 2026."),
        Refusal.OPEN_PERIOD: _l("This period is not over yet."),
        Refusal.NO_RELEASE: _l(
            "The satisfaction of %(month)s is not released yet: gongzhi satisfaction release"
        ),
        Refusal.NO_SET: _l("No indicator set counts for this month."),
        Refusal.MISSING_PARTS: _l("These are not frozen yet: %(periods)s"),
        Refusal.OBJECTIONS: _l("There are objections that nobody decided yet: %(periods)s"),
        Refusal.TIME_RUNS: _l("The time for objections still runs: %(periods)s"),
        Refusal.NOT_APPLIED: _l("Corrections were upheld but not frozen yet: %(periods)s"),
        Refusal.FROZEN: _l("This month is frozen; nothing can be added to it any more."),
        Refusal.CARRIED_ON: _l("%(period)s was frozen with it; it can no longer change."),
        Refusal.NO_UNIT: _l("Please choose a unit of the list."),
        Refusal.NOT_YOURS: _l("This unit lies outside of your places."),
        Refusal.NO_INDICATOR: _l("Please choose the figure that you object to."),
        Refusal.TOO_LATE: _l("The time for objections is over, or the figures were corrected."),
        Refusal.DECIDED: _l("This was already decided or written down."),
        Refusal.OWN: _l("This is your own objection. Another person must decide it."),
        Refusal.NO_VALUE: _l("Please write the right figure: a number from 0 to %(most)s."),
        Refusal.NO_PAIR: _l("You do not score units of this kind."),
        Refusal.NOTHING_SCORED: _l("Please give at least one score, from 0 to 100."),
        Refusal.FUTURE: _l("Please choose a day that is not in the future."),
        Refusal.NO_LAMPS: _l("Please write how many lamps there are: from 1 to %(most)s."),
    }
)
