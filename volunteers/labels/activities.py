"""Words for activities, duties, teams, shifts and sign-ups."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind, TeamKind
from volunteers.rules.personal import Data, Purpose
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpRefusal, SignUpState

ACTIVITY_KINDS: Mapping[ActivityKind, Words] = {
    ActivityKind.SHIFT: _l("Shifts of volunteers"),
    ActivityKind.OPEN_DAY: _l("Public open day"),
    ActivityKind.THEME: _l("Themed experience"),
    ActivityKind.ASSISTANT_WARDEN: _l("Volunteer assistant warden"),
    ActivityKind.OLD_ESTATE: _l("Renovation of an old estate"),
    ActivityKind.INSPECTION_GROUP: _l("Citizens’ inspection group"),
    ActivityKind.DRILL: _l("Emergency drill"),
    ActivityKind.CAMPAIGN: _l("Campaign"),
}
ACTIVITY_STATES: Mapping[ActivityState, Words] = {
    ActivityState.DRAFT: _l("Draft, not shown"),
    ActivityState.OPEN: _l("Open for sign-up"),
    ActivityState.CLOSED: _l("Closed to new people"),
    ActivityState.CANCELLED: _l("Called off"),
}
DUTY_KINDS: Mapping[DutyKind, Words] = {
    DutyKind.POST: _l("Standing at a post"),
    DutyKind.PATROL: _l("Patrol"),
    DutyKind.PERSUADE: _l("Friendly persuasion"),
    DutyKind.REPORT: _l("Reporting what is found"),
    DutyKind.PUBLICITY: _l("Publicity"),
}
TEAM_KINDS: Mapping[TeamKind, Words] = {
    TeamKind.HELPER: _l("City-management helpers"),
    TeamKind.VOLUNTEER: _l("Volunteers"),
    TeamKind.MASS_SECURITY: _l("Residents’ security team"),
    TeamKind.SERVICE_COMPANY: _l("Service company"),
}
SHIFT_STATES: Mapping[ShiftState, Words] = {
    ShiftState.PLANNED: _l("Planned"),
    ShiftState.CANCELLED: _l("Called off"),
}
SIGN_UP_STATES: Mapping[SignUpState, Words] = {
    SignUpState.WAITING: _l("On the waiting list"),
    SignUpState.OFFERED: _l("A seat is kept for you"),
    SignUpState.PROPOSED: _l("Proposed to you"),
    SignUpState.TAKEN: _l("Signed up"),
    SignUpState.STANDBY: _l("On standby"),
    SignUpState.WITHDRAWN: _l("Withdrawn"),
    SignUpState.WITHDRAWN_LATE: _l("Withdrawn at short notice"),
    SignUpState.REMOVED: _l("Taken off by the organiser"),
    SignUpState.DECLINED: _l("Declined"),
    SignUpState.LAPSED: _l("Not answered in time"),
    SignUpState.HANDED_OVER: _l("Handed to somebody else"),
    SignUpState.CALLED_OFF: _l("The shift was called off"),
}
register(
    {
        **ACTIVITY_KINDS,
        **ACTIVITY_STATES,
        **DUTY_KINDS,
        **TEAM_KINDS,
        **SHIFT_STATES,
        **SIGN_UP_STATES,
        SignUpRefusal.FULL: _l(
            "The last seat has just been taken. Join the waiting list, or choose another shift."
        ),
        SignUpRefusal.TWICE: _l("You are signed up for this shift already."),
        Data.VOLUNTEER: _l("That you are a volunteer, and whether your name may be shown"),
        Data.TEAM: _l("Which volunteer teams you belong to"),
        Data.SIGN_UPS: _l("Which shifts you signed up for"),
        Data.SHEETS: _l("How you judged the stops of an inspection group"),
        Purpose.SERVICE: _l("To organise voluntary service"),
    }
)
