"""Words for a case: states, steps, reasons, refusals and messages."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.labels.parts import PART_ACTIONS, PART_EVENTS, PART_EVENTS_AT_THE_DESK
from portal.reports.rules.codes import (
    Event,
    Means,
    PublicState,
    Review,
    Source,
    State,
    TextKind,
)
from portal.reports.rules.reasons import (
    REFUSE_FILING_REASONS,
    REFUSE_REASONS,
    VOID_REASONS,
    Reason,
)
from portal.reports.rules.transitions import Refusal

# the five words residents read: 反映 受理 交办 督导 反馈 (R061)
PUBLIC_STATES: Mapping[PublicState, Words] = {
    PublicState.REPORTED: _l("Reported"),
    PublicState.ACCEPTED: _l("Accepted"),
    PublicState.ASSIGNED: _l("Assigned"),
    PublicState.SUPERVISED: _l("Supervised"),
    PublicState.FED_BACK: _l("Fed back"),
}

# staff words; the two ways of being sent back read the same for everyone (no cause is told)
STATES: Mapping[State, Words] = {
    State.REPORTED: _l("New, to be checked"),
    State.ACCEPTED: _l("Accepted"),
    State.FILED: _l("Filed, to be dispatched"),
    State.DISPATCHED: _l("Dispatched"),
    State.HANDLED: _l("Handled, to be verified"),
    State.REWORK: _l("Sent back"),
    State.REOPENED: _l("Sent back"),
    State.CLOSED: _l("Closed"),
    State.NOT_ACCEPTED: _l("Not accepted"),
    State.NOT_FILED: _l("Not filed"),
    State.VOID: _l("Void"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.HANDED_OVER: _l("Handed over"),
    State.MERGED: _l("Joined with another"),
    State.SELF_SOLVED: _l("Solved by the reporter"),
    State.SETTLED: _l("Solved in the building"),
}

# which shape and colour of ui/status.html
STATE_KINDS: Mapping[State, str] = {
    State.REPORTED: "new",
    State.ACCEPTED: "waiting",
    State.FILED: "waiting",
    State.DISPATCHED: "active",
    State.HANDLED: "active",
    State.REWORK: "sent_back",
    State.REOPENED: "sent_back",
    State.CLOSED: "done",
    State.NOT_ACCEPTED: "closed",
    State.NOT_FILED: "closed",
    State.VOID: "closed",
    State.WITHDRAWN: "closed",
    State.HANDED_OVER: "closed",
    State.MERGED: "closed",
    State.SELF_SOLVED: "done",
    State.SETTLED: "done",
}

# steps as anybody may read them
EVENTS: Mapping[Event, Words] = {
    Event.REPORT: _l("Reported"),
    Event.ACCEPT: _l("Accepted"),
    Event.REFUSE: _l("Not accepted"),
    Event.FILE: _l("Taken up as a matter"),
    Event.REFUSE_FILING: _l("Looked at; it is not taken up"),
    Event.DISPATCH: _l("Given to a unit"),
    Event.RETURN: _l("Returned by the unit"),
    Event.RESPOND: _l("First response"),
    Event.HANDLE: _l("Handled; the result will be verified"),
    Event.SEND_BACK: _l("Sent back: the work is not done yet"),
    Event.CLOSE: _l("Verified and closed"),
    Event.REOPEN: _l("Sent back: the work is not done yet"),
    Event.VOID: _l("Taken out"),
    Event.WITHDRAW: _l("Withdrawn by the reporter"),
    Event.URGE: _l("The reporter chased it"),
    Event.ADD_PHOTO: _l("The reporter added a photo"),
    Event.MODERATE: _l("Checked for the public page"),
    Event.RECLASSIFY: _l("Kind of problem changed"),
    Event.GRADE_DANGER: _l("Danger graded"),
    Event.NOTE: _l("Note"),
    Event.UNDO: _l("The last step was taken back"),
    Event.ASK: _l("The reporter was asked something"),
    Event.REPLY: _l("The reporter answered"),
    Event.EXTEND: _l("More time was given"),
    Event.SUSPEND: _l("It cannot be settled for now"),
    Event.RESUME: _l("The work goes on"),
    Event.GRADE: _l("How bad it is was decided anew"),
    Event.HAND_OVER: _l("Handed over to another authority"),
    Event.TAKE_BACK: _l("Taken back from another authority"),
    Event.OUTSIDE_ANSWER: _l("Answer of the other authority"),
    Event.MERGE: _l("Joined with another report of the same problem"),
    Event.SPLIT: _l("Parted from the other report; it is handled on its own again"),
    **PART_EVENTS,
    Event.SELF_SOLVE: _l("Solved by whoever reported it"),
    Event.CONFIRM_SOLVED: _l("Looked at: it is solved"),
    Event.DOUBT: _l("Looked at: it is not solved yet, and goes on"),
    Event.SETTLE: _l("Solved by the head of the building; whoever reported it is asked"),
    Event.CONFIRM: _l("Whoever reported it says that it is solved"),
    # of all the ways to be sent back none tells its cause
    Event.DENY: _l("Sent back: the work is not done yet"),
    Event.VERIFY_SPOT: _l("Checked on the spot"),
    Event.RECHECK_SPOT: _l("The result was checked on the spot"),
}

# what the desk alone reads of the two ways of being sent back
DESK_EVENTS: Mapping[Event, Words] = {
    **EVENTS,
    Event.SEND_BACK: _l("Sent back after the check"),
    Event.REOPEN: _l("Opened again by those who reported it"),
    Event.SUSPEND: _l("Suspended"),
    **PART_EVENTS_AT_THE_DESK,
    Event.DENY: _l("The reporter says that it is not solved"),
}

# actions as the words on a button
ACTIONS: Mapping[Event, Words] = {
    Event.ACCEPT: _l("Accept"),
    Event.REFUSE: _l("Do not accept"),
    Event.FILE: _l("File as a case"),
    Event.REFUSE_FILING: _l("Make no case of it"),
    Event.DISPATCH: _l("Dispatch to a unit"),
    Event.RETURN: _l("Return the case"),
    Event.RESPOND: _l("Give a first response"),
    Event.HANDLE: _l("Report the work as done"),
    Event.SEND_BACK: _l("Send back"),
    Event.CLOSE: _l("Close the case"),
    Event.VOID: _l("Take out the case"),
    Event.MODERATE: _l("Check for the public page"),
    Event.RECLASSIFY: _l("Change the kind of problem"),
    Event.GRADE_DANGER: _l("Grade the danger"),
    Event.NOTE: _l("Write a note"),
    Event.ASK: _l("Ask the reporter"),
    Event.EXTEND: _l("Give more time"),
    Event.SUSPEND: _l("Suspend the case"),
    Event.RESUME: _l("Go on with the case"),
    Event.GRADE: _l("Decide how bad it is"),
    Event.HAND_OVER: _l("Hand over to another authority"),
    Event.TAKE_BACK: _l("Take the case back"),
    Event.OUTSIDE_ANSWER: _l("Pass on an answer from outside"),
    Event.MERGE: _l("Join with another case"),
    Event.SPLIT: _l("Part from the other case"),
    **PART_ACTIONS,
    Event.CONFIRM_SOLVED: _l("Yes, it is solved"),
    Event.DOUBT: _l("It is not solved: accept it"),
    Event.SETTLE: _l("Solved in my building"),
    Event.VERIFY_SPOT: _l("Check on the spot"),
    Event.RECHECK_SPOT: _l("Check the result on the spot"),
}

REASONS: Mapping[Reason, Words] = {
    Reason.OUT_OF_SCOPE: _l(
        "This is a matter for a court, the petition office or an emergency number"
    ),
    Reason.OTHER_PLACE: _l("The place is outside this city"),
    Reason.NOT_CLEAR: _l("We cannot tell what or where it is"),
    Reason.DUPLICATE: _l("The same problem is already being handled"),
    Reason.NOT_A_MATTER: _l("This is not a problem the city can handle"),
    Reason.NOT_FOUND: _l("We went there and did not find it"),
    Reason.ALREADY_FIXED: _l("It had already been put right"),
    Reason.PERMITTED: _l("It is permitted at this place and time"),
    Reason.BELOW_CONDITION: _l("It is too slight to be taken up"),
    Reason.NOT_OURS: _l("It is not our responsibility"),
    Reason.WRONG_PLACE: _l("The place is not ours"),
    Reason.NEEDS_ANOTHER_UNIT: _l("Another unit has to do it first"),
    Reason.NOT_DONE: _l("The work is not done"),
    Reason.PARTLY_DONE: _l("The work is done only in part"),
    Reason.PHOTO_DOES_NOT_SHOW: _l("The photo does not show the result"),
    Reason.CAME_BACK: _l("The problem has come back"),
    Reason.TEST: _l("It was a test"),
    Reason.ENTERED_BY_MISTAKE: _l("It was entered by mistake"),
    Reason.PERSONAL_DATA: _l("It tells who somebody is"),
    Reason.FACES_OR_PLATES: _l("Faces or number plates can be seen"),
    Reason.INSULT: _l("It insults somebody"),
    Reason.NOT_THE_MATTER: _l("It has nothing to do with the problem"),
    Reason.ABOUT_A_PERSON_OR_SHOP: _l("It is about a person or a shop"),
    Reason.NOT_AGREED: _l("The reporter did not agree to show it"),
    Reason.LARGER: _l("There is more to do than could be seen at first"),
    Reason.MATERIAL: _l("Material or equipment has to be ordered"),
    Reason.SEVERAL_UNITS: _l("Several units have to work together"),
    Reason.PROCEDURE: _l("The law sets steps and times that have to be kept"),
    Reason.SEASON: _l("It can be done only in another season"),
    Reason.WORKS: _l("It has to wait for works that are planned or going on"),
    Reason.WEATHER: _l("The weather does not allow it"),
    Reason.ANOTHER_SPOT: _l("It is another spot"),
    Reason.ANOTHER_PROBLEM: _l("It is another problem"),
    Reason.OTHER: _l("Another reason"),
    Reason.SEVERITY_1: _l("1: people are in danger now"),
    Reason.SEVERITY_2: _l("2: somebody may be hurt soon"),
    Reason.SEVERITY_3: _l("3: it may become dangerous"),
    Reason.SEVERITY_4: _l("4: slight, to be watched"),
    Reason.SPOT_TRUE: _l("It is as reported"),
    Reason.SPOT_NOT_TRUE: _l("It is not as reported"),
    Reason.SPOT_GONE: _l("It is gone, or put right"),
    Reason.SPOT_CANNOT_FIND: _l("The spot cannot be found"),
}

MEANS: Mapping[Means, Words] = {
    Means.SERVICE: _l("By service: it was repaired, cleaned or helped with"),
    Means.MANAGEMENT: _l("By management: it was put in order by talking and agreeing"),
    Means.ENFORCEMENT: _l("By enforcement: the law was applied"),
}

SOURCES: Mapping[Source, Words] = {
    Source.RESIDENT: _l("A resident"),
    Source.COLLECTOR: _l("Patrol by a collector"),
    Source.HOTLINE_12319: _l("Hotline 12319"),
    Source.HOTLINE_12345: _l("Hotline 12345"),
    Source.INSPECTION_GROUP: _l("Inspection group"),
    Source.MEDIA: _l("The press"),
    Source.PETITION_PROXY: _l("Filed for somebody else"),
    Source.VOLUNTEER_PATROL: _l("Patrol by volunteers"),
    Source.PLEDGE_INSPECTION: _l("Inspection of a pledge"),
    Source.OPEN311: _l("A program (Open311)"),
    Source.PART: _l("Split off from another case"),
}

REVIEWS: Mapping[Review, Words] = {
    Review.PENDING: _l("Not yet checked: the public does not see it"),
    Review.APPROVED: _l("The public sees it"),
    Review.WITHHELD: _l("Kept inside"),
}

TEXT_KINDS: Mapping[TextKind, Words] = {
    TextKind.DESCRIPTION: _l("What was reported"),
    TextKind.PLACE: _l("Words about the place"),
    TextKind.REASON: _l("Reason"),
    TextKind.ANSWER: _l("Answer"),
    TextKind.NOTE: _l("Note"),
    TextKind.PASSED_ON: _l("What is still to be done"),
    TextKind.ADDITION: _l("Added later"),
    TextKind.QUESTION: _l("Question to the reporter"),
    TextKind.REPLY: _l("The reporter’s answer"),
    TextKind.OUTSIDE_REPLY: _l("Reply of the other system"),
}


def reason_words(code: str | None) -> str:
    """The sentence for a stored reason: a code's words, or words that were typed."""
    if not code:
        return ""
    return str(REASONS[Reason(code)]) if code in set(Reason) else code


register(
    {
        Refusal.WRONG_STATE: _l(
            "This case has moved on, and this step no longer fits. Please look at it again."
        ),
        Refusal.STALE: _l(
            "Somebody else has just changed this case. Please look at it again; your words are kept"
            " below."
        ),
        Refusal.NOT_ALLOWED: _l("You may not take this step."),
        Refusal.NOT_YOUR_UNIT: _l("This case was given to another unit."),
        Refusal.HANDLED_IT: _l("You handled this case, so somebody else has to verify it."),
        Refusal.DISPATCHED_IT: _l("You dispatched this case, so somebody else has to verify it."),
        Refusal.OF_THE_UNIT: _l("Your unit handled this case, so somebody else has to verify it."),
        Refusal.RESPONDED_ALREADY: _l("Somebody has already given the first response."),
        Refusal.URGED_TODAY: _l(
            "You have already chased it today. You can chase it again tomorrow."
        ),
        Refusal.NOT_ALONE: _l("Others have reported this too, so it cannot be withdrawn."),
        Refusal.REASON_MISSING: _l("Choose a reason."),
        Refusal.WORDS_MISSING: _l("Write in a few words what happened."),
        Refusal.PHOTO_MISSING: _l("Add a photo that shows the result."),
        Refusal.UNIT_MISSING: _l("Choose a unit."),
        Refusal.MEANS_MISSING: _l("Choose how it was solved."),
        Refusal.UNIT_OUT_OF_PLACE: _l("This unit does not serve the place. Choose another."),
        Refusal.SAME_CATEGORY: _l("The case has this kind already. Choose another."),
        Refusal.NO_CATEGORY: _l("This kind of problem is not in use. Choose another."),
        Refusal.NEVER_PUBLIC: _l(
            "This matter is about a person or a shop: its words and photos are never public."
        ),
        Refusal.WORDS_ADDED: _l("You may leave words out, but not add or change any."),
        Refusal.UNDECIDED: _l("Decide at least one thing."),
        Refusal.NO_OTHER_CASE: _l("Give the number of the case it belongs to."),
        Refusal.SAME_CASE: _l("This is the number of this very case. Give that of the other one."),
        Refusal.OTHER_NOT_OPEN: _l("The other case is not being worked on. Choose one that is."),
        Refusal.OTHER_KIND: _l(
            "The other case has another kind of problem. Tick the box below if it is one matter all"
            " the same."
        ),
        Refusal.OTHER_PUBLICITY: _l(
            "One of the two is about a person or a shop and the other is not, so they stay apart."
        ),
        Refusal.OTHER_DISTRICT: _l("The other case is in another district, so they stay apart."),
        Refusal.IDENTITY_GONE: _l("Nothing is known of who reported this."),
    }
)

messages.register(
    {
        "report.accepted": _l("Your report %(number)s was accepted. Follow it here: %(link)s"),
        "report.dispatched": _l(
            "Your report %(number)s was given to %(unit)s. Follow it here: %(link)s"
        ),
        "report.handled": _l(
            "Your report %(number)s was handled. Somebody else will verify the result. See the"
            " photos here: %(link)s"
        ),
        "report.closed": _l("Your report %(number)s is closed. See the result: %(link)s"),
        "report.rate": _l(
            "Your report %(number)s is closed. Is the problem solved? Please tell us: %(link)s"
        ),
        "report.rate_reminder": _l(
            "Your report %(number)s was closed some days ago. Is the problem solved? Please tell"
            " us: %(link)s"
        ),
        "report.sent_back": _l(
            "Your report %(number)s was sent back: the work is not done yet. Follow it here:"
            " %(link)s"
        ),
        "report.merged": _l(
            "Your report %(number)s and report %(into)s are about the same problem and are handled"
            " together. Follow it here: %(link)s"
        ),
        "report.split": _l(
            "Your report %(number)s is handled on its own again. Follow it here: %(link)s"
        ),
        "report.withdrawn": _l(
            "Your report %(number)s was withdrawn. You can read it here: %(link)s"
        ),
        "desk.reported": _l(
            "New report %(number)s: %(category)s, %(place)s. Please respond: %(link)s"
        ),
        "desk.dispatched": _l(
            "Case %(number)s was given to your unit: %(category)s, %(place)s. %(link)s"
        ),
        "desk.sent_back": _l(
            "Case %(number)s was sent back to your unit: %(category)s, %(place)s. %(link)s"
        ),
    }
)


class WithReason:
    """A message's sentence with the words of one reason in it, once a language is known."""

    def __init__(self, sentence: Words, reason: Words) -> None:
        self._sentence = sentence
        self._reason = reason

    def __str__(self) -> str:
        # the other places are filled at delivery
        return str(self._sentence).replace("%(reason)s", str(self._reason).replace("%", "%%"))


_REFUSED = _l("Your report %(number)s was not accepted: %(reason)s. What you can do now: %(link)s")
_TAKEN_OUT = _l("Your report %(number)s was taken out: %(reason)s. More: %(link)s")
_WITH_REASON = {
    "report.not_accepted": (_REFUSED, {*REFUSE_REASONS, *REFUSE_FILING_REASONS}),
    "report.void": (_TAKEN_OUT, set(VOID_REASONS)),
}
messages.register(
    {
        f"{template}.{reason.value}": WithReason(sentence, REASONS[reason])
        for template, (sentence, reasons) in _WITH_REASON.items()
        for reason in reasons
    }
)
