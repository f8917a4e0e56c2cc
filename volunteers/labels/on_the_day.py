"""Words for the day of a shift: who came, no-shows, calling off, patrols."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.calling_off import CallOffRefusal
from volunteers.rules.on_the_day import AbsenceState, DayRefusal, Mark, Way
from volunteers.rules.patrols import Finding, PatrolRefusal
from volunteers.rules.personal_day import Data

Record = Mapping[str, Any]

MARKS: Mapping[Mark, Words] = {
    Mark.ARRIVED: _l("Here"),
    Mark.LEFT: _l("Left"),
    Mark.ABSENT: _l("Did not come"),
}
WAYS: Mapping[Way, Words] = {
    Way.CODE: _l("scanned the code"),
    Way.PLACE: _l("shown by place"),
    Way.ROLL_CALL: _l("called at the roll"),
    Way.LIST: _l("written down afterwards"),
}
ABSENCE_STATES: Mapping[AbsenceState, Words] = {
    AbsenceState.TOLD: _l("The person was told and may still say something"),
    AbsenceState.REPLIED: _l("The person has said something; the organiser answers"),
    AbsenceState.ACCEPTED: _l("Excused"),
    AbsenceState.NOT_ACCEPTED: _l("Stays written as not come"),
    AbsenceState.WITHDRAWN: _l("Taken back"),
}
FINDINGS: Mapping[Finding, Words] = {
    Finding.IN_ORDER: _l("In order"),
    Finding.DEFECT: _l("Not in order"),
    Finding.NOT_SEEN: _l("Could not be seen"),
}
register({**MARKS, **WAYS, **ABSENCE_STATES, **FINDINGS})
register(
    {
        DayRefusal.EARLY: _l(
            "It is too early: coming is written down from %(minutes)s minutes before the start. "
            "Please try again then."
        ),
        DayRefusal.OVER: _l(
            "The shift is over. If you were there, tell the organiser, who can write it down with "
            "a reason."
        ),
        DayRefusal.LATE: _l(
            "It is more than %(minutes)s minutes after the end. The organiser writes times down "
            "now, with a reason."
        ),
        DayRefusal.OLD_CODE: _l(
            "This code is no longer on the screen: it changes every minute. Please scan the "
            "organiser’s screen again."
        ),
        DayRefusal.NOT_ON_IT: _l(
            "You are not signed up for this shift. Please sign up first, or ask the organiser."
        ),
        DayRefusal.NOT_HERE_YET: _l(
            "It is not written down that you came. Please say first that you are here."
        ),
        DayRefusal.CALLED_OFF: _l("This shift was called off: nothing is written down for it."),
        DayRefusal.NOT_STARTED: _l(
            "The shift has not begun. Whoever is not here yet may still come."
        ),
        DayRefusal.NOTHING_TO_UNDO: _l(
            "There is nothing to take back: nobody was marked, or the people were told already. "
            "You can still strike what stands about one person, with a reason."
        ),
        DayRefusal.NO_REASON: _l("Please write the reason: it stays with what you write down."),
        DayRefusal.OUTSIDE: _l(
            "This time does not belong to the shift: at most %(minutes)s minutes before its start "
            "or after its end, and not in the future."
        ),
        DayRefusal.BACKWARDS: _l("The person left before coming. Please look at both times again."),
        DayRefusal.LEFT_ONLY: _l("Please write when the person came, too."),
        DayRefusal.NOTHING: _l("There is nothing to write down yet. Please choose somebody."),
        DayRefusal.THERE_ALREADY: _l("It is written down already that this person came."),
        DayRefusal.NO_POINT: _l(
            "This photo does not say where it was taken. Let the camera keep the place, or scan "
            "the organiser’s code, or speak to the organiser."
        ),
        DayRefusal.OLD_PHOTO: _l("This photo was not taken just now. Please take a new one here."),
        DayRefusal.NO_PLACE: _l(
            "The meeting place of this shift is not on the map: please scan the organiser’s code."
        ),
        DayRefusal.FAR: _l(
            "The photo was taken more than %(metres)s metres from the meeting place. If you are "
            "there, scan the organiser’s code or speak to the organiser."
        ),
        DayRefusal.NO_WORDS: _l("Please write what happened."),
        DayRefusal.TOO_LATE: _l(
            "The time for your word is over. Please speak to the organiser of the shift."
        ),
        DayRefusal.DECIDED: _l("Something happened to this meanwhile. Please look at it again."),
        DayRefusal.NO_ANSWER: _l("Please choose yes or no."),
        DayRefusal.HERSELF: _l("This is about yourself: another organiser answers it."),
        DayRefusal.EARLY_ANSWER: _l("The person can still say something. Please wait for it."),
        CallOffRefusal.NO_PLACE: _l("Choose a place that you look after."),
        CallOffRefusal.NO_DAY: _l("Write a day like 2026-07-01."),
        CallOffRefusal.PAST: _l("This day is over. Choose today or a day to come."),
        CallOffRefusal.NOTHING: _l("No shift is planned there on this day."),
        CallOffRefusal.NO_REASON: _l("Please write why: everybody who signed up reads it."),
        CallOffRefusal.CHANGED: _l(
            "Shifts or people changed since you looked. Nothing was called off: please look at the "
            "day again."
        ),
        CallOffRefusal.NOT_CALLED_OFF: _l("This shift was not called off."),
        CallOffRefusal.PAST_COPY: _l("This moment is over. Choose one to come."),
        PatrolRefusal.NO_WORDS: _l("Please write what was seen or done."),
        PatrolRefusal.LONG: _l("Please write no more than %(most)s characters."),
        PatrolRefusal.PHONE: _l(
            "There is a telephone number in this. A log holds nothing about people: please leave "
            "it out."
        ),
        PatrolRefusal.ID_NUMBER: _l(
            "There is an identity card number in this. A log holds nothing about people: please "
            "leave it out."
        ),
        PatrolRefusal.BANK_CARD: _l(
            "There is a long number like that of a bank card in this. Please leave it out."
        ),
        PatrolRefusal.PLATE: _l(
            "There is a number plate in this. A log holds nothing about people: please leave it "
            "out."
        ),
        PatrolRefusal.NAME: _l(
            "There is somebody’s name in this. Please write without names: “a resident”, “a shop”."
        ),
        PatrolRefusal.NO_DUTY: _l("Please choose what you did."),
        PatrolRefusal.BAD_COUNT: _l("Write a number from 0 to %(most)s."),
        PatrolRefusal.BEFORE: _l(
            "The patrol has not begun: the log opens %(minutes)s minutes before the start."
        ),
        PatrolRefusal.AFTER: _l(
            "The patrol is over by more than %(minutes)s minutes. The organiser can still add to "
            "the log, with a reason."
        ),
        PatrolRefusal.NO_REASON: _l("Please write why this is written down only now."),
        PatrolRefusal.NO_ROUTE_NAME: _l("Please give the route a name."),
        PatrolRefusal.NO_CHECKPOINTS: _l("Please write at least one checkpoint."),
        PatrolRefusal.MANY_CHECKPOINTS: _l("A route has no more than %(most)s checkpoints."),
        PatrolRefusal.BAD_POINT: _l(
            "Line %(line)s cannot be read. Write: name | what to look at | longitude, latitude. "
            "The point lies in the city; it may be left out."
        ),
        PatrolRefusal.NO_CATEGORY: _l("Please choose what it is."),
        PatrolRefusal.NO_ROUTE: _l("Please choose one of the list."),
        PatrolRefusal.ENDED: _l("Somebody else has changed or ended this route meanwhile."),
        PatrolRefusal.BEGUN: _l("The patrol has begun or is over: its route stays as it is."),
        Data.ATTENDANCE: _l("When you came to a shift and left, or that you did not come"),
        Data.ABSENCES: _l("No-shows, and what you said to them"),
    }
)
messages.register(
    {
        "volunteers.absence_told": _l(
            "It is written down that you did not come to “%(title)s” on %(time)s. If that is wrong "
            "or there was a reason, please say so until %(day)s: %(link)s Nothing is deducted."
        ),
        "volunteers.absence_answered": _l(
            "The organiser has answered your absence from “%(title)s” on %(time)s: %(link)s"
        ),
    }
)


def _attendance(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), str(MARKS[Mark(record["mark"])]), record["at"])
    yield from (str(WAYS[Way(record["way"])]), record["reason"])


def _absence(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), record["starts_at"], record["told_at"])
    yield str(ABSENCE_STATES[AbsenceState(record["state"])])
    yield from (record["words"], record["answer"])


register_reader("volunteer_attendance", _l("When you came to shifts and left"), _attendance)
register_reader("volunteer_absence", _l("Your no-shows"), _absence)
