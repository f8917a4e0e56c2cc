"""Words for writing activities and planning shifts, and for why they are refused."""

from collections.abc import Mapping, Sequence

from portal.accounts.labels import register_actions
from portal.accounts.rules import AgeBand
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register, say
from volunteers.rules.batches import BatchRefusal
from volunteers.rules.offering import ActivityRefusal, ActivityStep
from volunteers.rules.planning import ShiftRefusal
from volunteers.rules.recurrence import RuleRefusal
from volunteers.rules.roster_file import LineProblem, Problem
from volunteers.rules.series import SeriesRefusal
from volunteers.service.calling_off import TOLD

# as words on a button
ACTIVITY_STEPS: Mapping[ActivityStep, Words] = {
    ActivityStep.PUBLISH: _l("Publish it"),
    ActivityStep.CLOSE: _l("Close it"),
    ActivityStep.REOPEN: _l("Open it again"),
    ActivityStep.CALL_OFF: _l("Call it off"),
}
FROM_WHICH_AGE: Mapping[AgeBand, Words] = {
    AgeBand.UNDER_14: _l("everybody; under 14 with a guardian’s consent"),
    AgeBand.UNDER_18: _l("from 14 years on"),
    AgeBand.ADULT: _l("from 18 years on"),
}
register(
    {
        ActivityRefusal.NO_KIND: _l("Choose what kind of activity it is."),
        ActivityRefusal.NO_TITLE: _l("Write a title."),
        ActivityRefusal.NO_WORDS: _l("Say what people do there."),
        ActivityRefusal.NO_MEETING_PLACE: _l("Say where people meet."),
        ActivityRefusal.NO_RISKS: _l(
            "Say which risks there are, or that none are known: whoever is asked to come is told."
        ),
        ActivityRefusal.NOT_INSURED: _l(
            "This is risky: say how people are insured before anybody is asked to come."
        ),
        ActivityRefusal.TOO_LONG: _l("This is too long."),
        ActivityRefusal.NO_AGE: _l("Choose from which age people may come."),
        ActivityRefusal.NO_TAG: _l("Choose among the themes of the list."),
        ActivityRefusal.NO_PLACE: _l("Choose one of the places that you look after."),
        ActivityRefusal.NO_ORGANISATION: _l("No unit that is there today has this code."),
        ActivityRefusal.NO_TEAM: _l("Choose among the teams of the list."),
        ActivityRefusal.MANY_TEAMS: _l("Choose at most ten teams."),
        ActivityRefusal.CHANGED: _l(
            "Somebody else has changed this meanwhile. Look at it again; nothing was saved."
        ),
        ActivityRefusal.NO_STEP: _l("This is not possible any more where the activity stands now."),
        ActivityRefusal.NO_REASON: _l("Say why: the people who signed up are told."),
        ShiftRefusal.NO_DAY: _l("Choose the day."),
        ShiftRefusal.NO_TIME: _l("Write a time like 14:30."),
        ShiftRefusal.ENDS_BEFORE: _l(
            "The end is not after the start. For a shift past midnight, tick that it ends on the "
            "next day."
        ),
        ShiftRefusal.TOO_LONG: _l("A shift lasts at most 16 hours. Plan two, one after the other."),
        ShiftRefusal.PAST: _l("This is past already. Choose a later time."),
        ShiftRefusal.FAR: _l("Plan at most two years ahead."),
        ShiftRefusal.NO_PLACE: _l("Choose one of the places that you look after."),
        ShiftRefusal.NO_DUTY: _l("Choose what is done on the shift."),
        ShiftRefusal.LONG_PLACE: _l("This place is too long: use at most 200 characters."),
        ShiftRefusal.NO_SEATS: _l("Say how many people can come, at least for one role."),
        ShiftRefusal.MANY_SEATS: _l("Choose between 1 and 1,000 people."),
        ShiftRefusal.LEAST_ABOVE: _l("At least so many cannot be more than there is room for."),
        ShiftRefusal.NO_ROLE: _l("There is no such role."),
        ShiftRefusal.NO_QUALIFICATION: _l("Choose a qualification of the list."),
        ShiftRefusal.BELOW_TAKEN: _l(
            "More people than that have signed up already. Nobody’s seat is taken from her: choose "
            "a larger number, or ask people first."
        ),
        ShiftRefusal.NOT_PLANNED: _l("This shift was called off already."),
        ShiftRefusal.OVER: _l("This shift has begun. It can no longer be changed or called off."),
        ShiftRefusal.CHANGED: _l(
            "Somebody else has changed this shift meanwhile. Look at it again; nothing was saved."
        ),
        ShiftRefusal.NO_REASON: _l("Say why: the people who signed up are told."),
        ShiftRefusal.NOT_OPEN: _l(
            "This activity takes no more shifts: it is closed or called off."
        ),
        ShiftRefusal.NO_NAME: _l("Give the template a name of at most 60 characters."),
        BatchRefusal.NO_DAYS: _l("No day is chosen. Choose the first and last day and weekdays."),
        BatchRefusal.BACKWARDS: _l("The last day is before the first."),
        BatchRefusal.LONG_RANGE: _l("Choose at most one year at once."),
        BatchRefusal.TOO_MANY: _l("These are more than %(most)s shifts at once. Choose fewer."),
        BatchRefusal.HAS_PEOPLE: _l(
            "Somebody has signed up for one of these shifts, so they stay. Call off what does not "
            "take place, with a reason."
        ),
        BatchRefusal.UNDONE: _l("This was undone already."),
        BatchRefusal.NO_CALENDAR: _l(
            "The public holidays of %(year)s are not known yet. End before that year, or do not "
            "leave holidays out."
        ),
        BatchRefusal.NO_FILE: _l("Choose a file."),
        BatchRefusal.BIG_FILE: _l("This file has too many lines. Use at most 2,000."),
        BatchRefusal.BAD_LINES: _l("Nothing was made. Please look at these lines: %(lines)s"),
        BatchRefusal.NOT_READ: _l(
            "This file cannot be read as CSV in UTF-8 or as XLSX. Nothing was made."
        ),
        BatchRefusal.NO_COLUMN: _l("The file lacks these columns: %(columns)s. Nothing was made."),
        RuleRefusal.EMPTY: _l("Say how often it takes place."),
        RuleRefusal.TWO_RULES: _l("There are two rules. Make a series of its own for each."),
        RuleRefusal.NOT_A_RULE: _l("This part of the rule cannot be read: %(part)s"),
        RuleRefusal.UNKNOWN_PART: _l(
            "A series cannot do this: %(part)s. Use days, weeks or months."
        ),
        RuleRefusal.NO_END: _l("Say when the series ends: its last day, or how many times."),
        RuleRefusal.TWO_ENDS: _l("Give either a last day or a number of times, not both."),
        RuleRefusal.ENDS_BEFORE: _l("The series ends before it starts."),
        RuleRefusal.TOO_MANY: _l("A series has at most 1,000 shifts."),
        RuleRefusal.TOO_LONG: _l("A series lasts at most two years."),
        RuleRefusal.NEVER: _l("By this rule the series never takes place."),
        SeriesRefusal.CHANGED: _l(
            "Somebody else has changed this series meanwhile. Look at it again; nothing was saved."
        ),
        SeriesRefusal.ENDED: _l("This series has ended."),
        SeriesRefusal.BAD_EXCEPTION: _l("Write days like 2026-10-01, at most 200 of them."),
        SeriesRefusal.NO_FIRST: _l("Choose the first day."),
    }
)
LINE_PROBLEMS: Mapping[LineProblem, Words] = {
    LineProblem.DAY: _l("the day is not like 2026-10-01"),
    LineProblem.TIME: _l("a time is not like 08:30"),
    LineProblem.PLACE: _l("no place that you look after has this code"),
    LineProblem.DUTY: _l("there is no such duty"),
    LineProblem.ROLE: _l("there is no such role"),
    LineProblem.SEATS: _l("how many people is not a number"),
    LineProblem.WIDE: _l("it has more or fewer cells than the first line"),
    LineProblem.LOST: _l("a cell is a formula or was rounded"),
    LineProblem.TWICE: _l("the same shift has this role already"),
}
register(LINE_PROBLEMS)
MOST_SHOWN = 20


def lines_in_words(problems: Sequence[Problem]) -> str:
    """The bad lines of a file, one after the other, in the reader's language."""
    said = [
        str(_l("line %(line)s: %(problem)s", line=one.line, problem=say(one.code)))
        for one in problems[:MOST_SHOWN]
    ]
    left = len(problems) - MOST_SHOWN
    more = [str(_l("and %(count)s more lines", count=left))] if left > 0 else []
    return str(_l("; ")).join([*said, *more])


register_actions(
    {
        "activity:write": _l("Activity of volunteers written"),
        "activity:change": _l("Activity of volunteers changed"),
        "activity:publish": _l("Activity of volunteers published"),
        "activity:close": _l("Activity of volunteers closed"),
        "activity:reopen": _l("Activity of volunteers opened again"),
        "activity:call_off": _l("Activity of volunteers called off"),
        "shift:plan": _l("Shift planned"),
        "shift:plan_many": _l("Several shifts planned"),
        "shift:undo_many": _l("Several shifts taken back"),
        "shift:change": _l("Shift changed"),
        "shift:call_off": _l("Shift called off"),
        "shift:keep_template": _l("Template of shifts kept"),
        "shift:drop_template": _l("Template of shifts dropped"),
        "series:start": _l("Series of shifts begun"),
        "series:change": _l("Series of shifts changed"),
        "series:end": _l("Series of shifts ended"),
    }
)
messages.register(
    {
        TOLD: _l(
            "Your shift “%(title)s” of %(starts_at)s is called off: %(reason)s. Thank you for "
            "having wanted to come."
        )
    }
)
