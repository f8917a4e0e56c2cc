"""Words of due process: where a deduction stands, why a step is refused, what people are told."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.hearing import Data, Purpose
from credit.rules.process import (
    BasisEnd,
    BasisKind,
    Decision,
    MatterEvent,
    MatterRefusal,
    MatterState,
)
from credit.service.process.offers import DeskStep
from credit.service.process.telling import Told
from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

Record = Mapping[str, Any]
MATTER_STATES: Mapping[MatterState, Words] = {
    # the same words: whether a proposal was looked at yet is nobody's to know (N1)
    MatterState.PROPOSED: _l("Waiting for a second person to confirm it"),
    MatterState.WAITING: _l("Waiting for a second person to confirm it"),
    MatterState.ANNOUNCED: _l("Announced, not in effect"),
    MatterState.DISPUTED: _l("Disputed, not in effect"),
    MatterState.IN_EFFECT: _l("In effect"),
    MatterState.CONTESTED: _l("In effect, disputed"),
    MatterState.LAPSED: _l("Ended without effect"),
    MatterState.VOIDED: _l("Voided, never counted"),
    MatterState.REPAIRED: _l("Repaired"),
    MatterState.REVERSED: _l("Reversed, counts no longer"),
    MatterState.EXPIRED: _l("Expired"),
}
MATTER_EVENTS: Mapping[MatterEvent, Words] = {
    MatterEvent.PROPOSE: _l("Deduction proposed"),
    MatterEvent.CHECK: _l("Ready to be confirmed"),
    MatterEvent.CONFIRM: _l("Confirmed and announced"),
    MatterEvent.STAND_ASIDE: _l("Somebody stood aside"),
    MatterEvent.WITHDRAW: _l("Proposal taken back"),
    MatterEvent.LAPSE: _l("Nobody confirmed it in time"),
    MatterEvent.PUT_RIGHT: _l("Put right in time"),
    MatterEvent.SWITCH_OFF: _l("Deductions were switched off"),
    MatterEvent.REVOKE: _l("What it rested on no longer holds"),
    MatterEvent.OBJECT: _l("Objection handed in"),
    MatterEvent.TAKE_ON: _l("Complaint accepted"),
    MatterEvent.EXTEND: _l("More time was needed"),
    MatterEvent.UPHOLD: _l("Answered: the deduction stands"),
    MatterEvent.GRANT: _l("Answered: the deduction falls"),
    MatterEvent.MISS: _l("Not answered in time"),
    MatterEvent.DROP: _l("Objection taken back"),
    MatterEvent.POST: _l("Took effect"),
    MatterEvent.RUN_OUT: _l("The notice lapsed"),
    MatterEvent.REPAIR_PART: _l("Repaired in part"),
    MatterEvent.REPAIR: _l("Repaired in full"),
    MatterEvent.EXPIRE: _l("Its time was over"),
    MatterEvent.ERASE: _l("Account erased"),
}
DECISIONS: Mapping[Decision, Words] = {
    Decision.UPHELD: _l("The deduction stands"),
    Decision.GRANTED: _l("The deduction falls"),
    Decision.MISSED: _l("Not answered in time: the deduction falls"),
    Decision.DROPPED: _l("Taken back"),
    Decision.MOOT: _l("The deduction had ended meanwhile"),
}
BASIS_KINDS: Mapping[BasisKind, Words] = {
    BasisKind.CONVENTION: _l("Convention that the person signed herself"),
    BasisKind.LEGAL: _l("Legal document in force"),
}
BASIS_ENDS: Mapping[BasisEnd, Words] = {
    BasisEnd.SUPERSEDED: _l("Another version took its place, or it has ended."),
}
register(BASIS_ENDS)
register(MATTER_STATES)
register(MATTER_EVENTS)
register(DECISIONS)
register(BASIS_KINDS)
register(
    {
        MatterRefusal.SWITCHED_OFF: _l("Deductions are not switched on here."),
        MatterRefusal.NO_SUCH_RULE: _l("No rule about this counted on that day."),
        MatterRefusal.NOT_A_DEDUCTION: _l("This rule gives points; it takes none."),
        MatterRefusal.NOT_A_PROPOSER: _l(
            "The published rule names who may propose by it. You hold none of these roles."
        ),
        MatterRefusal.NO_SUBJECT: _l(
            "No adult with this telephone or number, and no shop with this code, is known here."
        ),
        MatterRefusal.NOT_ADULT: _l("Only adults can agree to this."),
        MatterRefusal.ONESELF: _l("You cannot do this in a matter of your own."),
        MatterRefusal.NO_BASIS: _l("This basis was not in force on that day."),
        MatterRefusal.NO_BASIS_CONSENT: _l(
            "This person has not agreed to the convention herself. Nobody can do it for her."
        ),
        MatterRefusal.NO_ACT: _l("Say what was done, in no more than 1,000 characters."),
        MatterRefusal.NOT_YET: _l("This moment has not come yet."),
        MatterRefusal.VOLUNTEER_HOURS: _l("Nothing is ever deducted for volunteer work."),
        MatterRefusal.SENSITIVE_WORDS: _l(
            "These words may be about religion, health, money or the like, which may not be "
            "recorded: %(words)s. Leave them out, or tick that they mean something else."
        ),
        MatterRefusal.NO_UNIT: _l("You propose for no unit and no place."),
        MatterRefusal.SAME_PERSON: _l(
            "Somebody else has to do this: you have had a part in it already."
        ),
        MatterRefusal.SAME_UNIT: _l("Somebody from outside this unit has to do this."),
        MatterRefusal.INTEREST: _l("Say that it does not touch you, or stand aside."),
        MatterRefusal.STOOD_ASIDE: _l("You have stood aside in this matter."),
        MatterRefusal.NOT_NOW: _l("This cannot be done now. Please look at where it stands."),
        MatterRefusal.CHANGED: _l("Somebody else was quicker. Please look at where it stands."),
        MatterRefusal.NO_REASON: _l("Please give the reason."),
        MatterRefusal.NO_STATEMENT: _l(
            "Please write what you have to say, up to 3,000 characters."
        ),
        MatterRefusal.ASKED_ALREADY: _l("This was asked for already."),
        MatterRefusal.TOO_LATE: _l("The time to ask for this is over."),
        MatterRefusal.LAST_STEP: _l("There is no further step."),
        MatterRefusal.EXTENDED_ALREADY: _l("The time was extended already."),
        MatterRefusal.NO_EXTENSION: _l("The time for this cannot be extended."),
        MatterRefusal.NO_CALENDAR: _l("Nobody has entered the working days of that year yet."),
        MatterRefusal.BAD_AMOUNT: _l("Give a whole number from 1 to %(left)s."),
        MatterRefusal.BASIS_DATES: _l("The last day lies after the first."),
        MatterRefusal.BASIS_INCOMPLETE: _l("Name the title, where it says so, and the source."),
        Data.MATTER: _l("Deductions that were proposed or announced about you"),
        Data.WORDS: _l("Words and photos about them, and what you said"),
        Data.BASIS_CONSENT: _l("To which conventions you agreed as a basis of deductions"),
        Purpose.HEARING: _l("to hear you before anything counts against you"),
    }
)
messages.register(
    {
        Told.NOTICE.value: _l(
            "A deduction was announced to you (%(number)s). It does not count yet: look at it on "
            "your page and object until %(day)s, or ask your residents’ committee for the letter."
        ),
        Told.OPENED.value: _l(
            "Your objection (%(number)s) was received. It will be answered by %(day)s."
        ),
        Told.RECEIVED.value: _l("Your objection (%(number)s) was received."),
        Told.EXTENDED.value: _l(
            "Answering your objection (%(number)s) takes longer: until %(day)s."
        ),
        Told.UPHELD.value: _l(
            "Your objection (%(number)s) was answered: the deduction stands. The reason and what "
            "you can do next are on your page."
        ),
        Told.POSTED.value: _l(
            "A deduction (%(number)s) took effect. It ends on %(day)s at the latest. You can still "
            "object or repair it."
        ),
        Told.ENDED.value: _l(
            "A deduction (%(number)s) was taken back and does not count. You need not do anything."
        ),
    }
)


def _matter(record: Record) -> Iterator[Any]:
    yield from (record["number"], str(MATTER_STATES[MatterState(record["state"])]))
    # what it rests on stands on the matter's own page, in words
    yield from (record["proposed_at"], record["amount"])


def _matter_text(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["at"], record["words"])


def _matter_file(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["file"])


def _basis_consent(record: Record) -> Iterator[Any]:
    yield from (record["basis"], record["given_at"], record["ended_at"])


register_reader("credit_matter", _l("Deductions about you"), _matter)
register_reader("credit_matter_text", _l("Words about them"), _matter_text)
register_reader("credit_matter_file", _l("Photos about them"), _matter_file)
register_reader(
    "credit_basis_consent", _l("When you agreed to a convention, and ended it"), _basis_consent
)
register_actions(
    {
        "basis:add": _l("Basis of deductions entered"),
        "basis:revoke": _l("Basis of deductions revoked"),
        "deduction:propose": _l("Deduction proposed"),
        "deduction:confirm": _l("Deduction confirmed"),
        "deduction:stand_aside": _l("Stood aside in a deduction"),
        "deduction:type_objection": _l("Objection typed in from paper"),
        "deduction:decide": _l("Objection decided"),
        "deduction:repair": _l("Repair of a deduction recorded"),
    }
)

# which mark a state bears (``ui/status.html``)
MATTER_KINDS: Mapping[MatterState, str] = {
    MatterState.PROPOSED: "new",
    MatterState.WAITING: "new",
    MatterState.ANNOUNCED: "waiting",
    MatterState.DISPUTED: "sent_back",
    MatterState.IN_EFFECT: "active",
    MatterState.CONTESTED: "sent_back",
    MatterState.LAPSED: "closed",
    MatterState.VOIDED: "closed",
    MatterState.REPAIRED: "done",
    MatterState.REVERSED: "closed",
    MatterState.EXPIRED: "closed",
}
DESK_STEPS: Mapping[DeskStep, Words] = {
    DeskStep.CONFIRM: _l("Confirm and announce it"),
    DeskStep.TAKE_ON: _l("Accept the complaint"),
    DeskStep.DECIDE: _l("Answer the objection"),
    DeskStep.EXTEND: _l("Take more time"),
    DeskStep.STAND_ASIDE: _l("Stand aside"),
    DeskStep.PUT_RIGHT: _l("Record that it was put right"),
    DeskStep.REPAIR: _l("Record a repair"),
    DeskStep.OBJECTION: _l("Type in an objection from paper"),
    DeskStep.WITHDRAW: _l("Take the proposal back"),
}
STEP_LEADS: Mapping[DeskStep, Words] = {
    DeskStep.CONFIRM: _l(
        "You are the second person behind this. The person is told at once and can object for "
        "fifteen days at least; nothing counts before that. If you leave it, it ends by itself."
    ),
    DeskStep.TAKE_ON: _l("From now on the longer time for an answer runs."),
    DeskStep.DECIDE: _l(
        "You had no part in this so far. The person reads your reason, and can go on to the next "
        "step. If the deduction falls, it falls at once."
    ),
    DeskStep.EXTEND: _l(
        "Only once, and only because another unit has to be asked or it is complex."
    ),
    DeskStep.STAND_ASIDE: _l(
        "It touches you or somebody close to you. Others go on; you cannot confirm or decide here "
        "any more."
    ),
    DeskStep.PUT_RIGHT: _l("It was put right before it counted: that alone voids it."),
    DeskStep.REPAIR: _l("For a service done some or all of it is given back, now."),
    DeskStep.OBJECTION: _l(
        "Type what the person wrote. It has the same weight and the same time limits as on her own "
        "page."
    ),
    DeskStep.WITHDRAW: _l("It ends without effect, and nobody is told."),
}
register(DESK_STEPS)
