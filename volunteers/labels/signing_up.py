"""Words of sign-up: refusals that say what to do, and messages."""

from collections.abc import Mapping
from typing import Final

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.handovers import HandoverKind, HandoverRefusal
from volunteers.rules.personal import Data
from volunteers.rules.qualifications import QualificationRefusal, QualificationState
from volunteers.rules.signing_up import SignUpRefusal
from volunteers.service.messages import Told

HANDOVER_KINDS: Final[Mapping[HandoverKind, Words]] = {
    HandoverKind.SWAP: _l("Swap of shifts"),
    HandoverKind.SUBSTITUTE: _l("Somebody stands in"),
}
QUALIFICATION_STATES: Final[Mapping[QualificationState, Words]] = {
    QualificationState.WAITING: _l("Waits for a check"),
    QualificationState.VALID: _l("Checked"),
    QualificationState.REJECTED: _l("Not recognised"),
}
_S: Final = SignUpRefusal
# the rules as an organiser and the volunteer read them when one was set aside
RULES: Final[Mapping[SignUpRefusal, Words]] = {
    _S.NOT_YET: _l("seats are not given yet"),
    _S.FIRST_WAVE: _l("one seat for each person at first"),
    _S.NOT_EXPERIENCED: _l("experience for those who lead"),
    _S.NEWCOMER: _l("no newcomer without somebody experienced"),
    _S.REST: _l("rest between shifts"),
    _S.TRAVEL: _l("time for the way"),
    _S.DAY_HOURS: _l("hours of a day"),
    _S.WEEK_HOURS: _l("hours of a week"),
}
register(
    {
        **HANDOVER_KINDS,
        **QUALIFICATION_STATES,
        _S.NOT_OPEN: _l("This activity takes nobody at the moment. Please choose another one."),
        _S.CALLED_OFF: _l("This shift was called off. Please choose another one."),
        _S.STARTED: _l("This shift has begun. Please call the organiser."),
        _S.NOT_YET: _l("Seats are given from %(moment)s. Please come back then."),
        _S.FIRST_WAVE: _l(
            "Until %(moment)s everybody gets one seat of this activity, and you have one. Join the "
            "waiting list, or come back then."
        ),
        _S.NOT_REGISTERED: _l("Please register as a volunteer first; it takes a minute."),
        _S.AGE_UNKNOWN: _l("Please say how old you are, under “Register as a volunteer”."),
        _S.TOO_YOUNG: _l("You are too young for this activity. Others are open to you."),
        _S.GUARDIAN: _l("Under 14 your guardian has to agree first. Ask her under “My shifts”."),
        _S.QUALIFICATION: _l(
            "This seat needs a qualification that is checked: %(qualification)s. Hand in yours "
            "under “My qualifications”, or choose another seat."
        ),
        _S.QUALIFICATION_ENDS: _l(
            "Your qualification ends before this shift: %(qualification)s. Hand in the renewed one "
            "under “My qualifications”."
        ),
        _S.NOT_EXPERIENCED: _l(
            "Whoever leads has been on %(count)s shifts before. Take another seat, or ask the "
            "organiser."
        ),
        _S.NEWCOMER: _l(
            "Nobody with experience is on this shift yet, and newcomers do not go alone. Join the "
            "waiting list, or choose a shift with somebody experienced."
        ),
        _S.OVERLAP: _l(
            "You have another shift at the same time; it begins on %(moment)s. Leave that one "
            "first, or choose another."
        ),
        _S.REST: _l(
            "At least %(minutes)s minutes of rest lie between two shifts; your other one begins on "
            "%(moment)s. Please choose another time."
        ),
        _S.TRAVEL: _l(
            "The way from your shift of %(moment)s takes about %(minutes)s minutes, and leaves you "
            "no rest. Please choose another time or place."
        ),
        _S.DAY_HOURS: _l(
            "With this shift you would serve more than %(hours)s hours on that day. Please choose "
            "another day."
        ),
        _S.WEEK_HOURS: _l(
            "With this shift you would serve more than %(hours)s hours in that week. Please choose "
            "another week."
        ),
        _S.NOT_READ: _l("Please read what is said about risks, insurance, gear and rules."),
        _S.SEATS_FREE: _l("A seat is free: you can sign up at once."),
        _S.OVER: _l("The seat was kept for you until then, and has gone on to the next."),
        _S.CHANGED: _l("This has changed meanwhile. Please look again."),
        _S.NO_REASON: _l("Please write the reason."),
        _S.NOBODY: _l("No account has this number. Ask for the account number on “My page”."),
        HandoverRefusal.NOT_HELD: _l("You have no seat that can be handed over."),
        HandoverRefusal.OVER: _l("This offer has ended, or somebody else was faster."),
        HandoverRefusal.OWN: _l("This is your own offer."),
        HandoverRefusal.ASKED: _l("Your seat is on offer already. End that offer first."),
        HandoverRefusal.NOT_ON_IT: _l(
            "You have no seat in the same role on the shift that is wanted for it."
        ),
        HandoverRefusal.SAME_SHIFT: _l("Please choose one of the shifts of the list."),
        HandoverRefusal.TOO_OFTEN: _l("No more than %(most)s offers a day. Try again tomorrow."),
        HandoverRefusal.GIVER_CANNOT: _l(
            "Whoever offers it cannot come to yours any more. Please look for another swap."
        ),
        QualificationRefusal.UNKNOWN: _l("Please choose one of the list."),
        QualificationRefusal.NO_PHOTO: _l("Please add a photo of the certificate."),
        QualificationRefusal.NO_PLACE: _l("Please choose where it is checked."),
        QualificationRefusal.DATES: _l("It begins today or earlier, and does not end before it."),
        QualificationRefusal.OVER: _l("It has run out. Please hand in the renewed one."),
        QualificationRefusal.CHANGED: _l("Somebody else has checked it meanwhile."),
        QualificationRefusal.NO_REASON: _l("Please write why, so that it can be put right."),
        Data.QUALIFICATION: _l("What you have learnt, with the picture until it is checked"),
        Data.GUARDIAN: _l("That a guardian agrees to a child’s voluntary service"),
    }
)
messages.register(
    {
        Told.OFFERED.value: _l(
            "A seat is kept for you until %(moment)s. Yes or no: "
            "%(origin)s/volunteers/mine/%(number)s"
        ),
        Told.LAPSED.value: _l(
            "Nobody answered in time, so the seat that was kept for you has gone on. Other shifts: "
            "%(origin)s/volunteers/mine"
        ),
        Told.PROPOSED.value: _l(
            "A shift is proposed to you until %(moment)s. You are free to say no: "
            "%(origin)s/volunteers/mine/%(number)s"
        ),
        Told.PUT_ON.value: _l(
            "As you asked, you are signed up for a shift on %(moment)s: "
            "%(origin)s/volunteers/mine/%(number)s"
        ),
        Told.TAKEN_OFF.value: _l(
            "The organiser has taken you off a shift. The reason: "
            "%(origin)s/volunteers/mine/%(number)s"
        ),
        Told.LATE_CANCEL.value: _l(
            "Somebody has left the shift of %(moment)s at short notice: "
            "%(origin)s/desk/volunteers/shifts/%(number)s/people"
        ),
        Told.SWAP_ASKED.value: _l(
            "Somebody would like to swap a shift with yours. You are free to say no: "
            "%(origin)s/volunteers/handovers/%(number)s"
        ),
        Told.STAND_IN_ASKED.value: _l(
            "Somebody cannot come and offers her seat on a shift for which you wait: "
            "%(origin)s/volunteers/handovers/%(number)s"
        ),
        Told.HANDED_OVER.value: _l(
            "Your seat was taken over as you wished. Your shifts: %(origin)s/volunteers/mine"
        ),
        Told.QUALIFICATION_ENDS.value: _l(
            "One of your qualifications ends on %(day)s. Hand in the renewed one: "
            "%(origin)s/volunteers/qualifications"
        ),
        Told.QUALIFICATION_CHECKED.value: _l(
            "A qualification that you handed in was checked: %(origin)s/volunteers/qualifications"
        ),
        Told.GUARDIAN_ASKED.value: _l(
            "A child asks you as guardian to agree to voluntary service. Read and answer here: "
            "%(link)s. If you do not want it, do nothing."
        ),
    }
)
