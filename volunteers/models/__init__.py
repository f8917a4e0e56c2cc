"""Tables of voluntary service."""

from volunteers.models.activity import Activity, ActivityTag, ActivityTeam
from volunteers.models.attendance import Absence, Attendance, AttendanceVoid
from volunteers.models.calendar import CalendarFeed
from volunteers.models.campaign import CampaignDays, CampaignPart
from volunteers.models.cloud import CloudLink
from volunteers.models.feedback import Feedback
from volunteers.models.guardian import GuardianYes
from volunteers.models.handover import Handover
from volunteers.models.hours import Certificate, CertificateLine, ServiceHours
from volunteers.models.patrol import (
    Checkpoint,
    Doorstep,
    Patrol,
    PatrolAnswer,
    PatrolEntry,
    PatrolTick,
    Route,
)
from volunteers.models.place_card import PlaceCard
from volunteers.models.plan import (
    SeriesException,
    ShiftBatch,
    ShiftPlan,
    ShiftPlanPost,
    ShiftSeries,
)
from volunteers.models.qualification import Qualification
from volunteers.models.reminder import Announcement, AnnouncementReceiver, ShiftReminder
from volunteers.models.roster import AskMe, AskMeWindow, RosterBatch, RosterProposal
from volunteers.models.shift import Shift, ShiftPost
from volunteers.models.sign_up import SignUp, SignUpEvent
from volunteers.models.team import Partner, Team, TeamMember
from volunteers.models.tour import TourReport, TourScore, TourStop
from volunteers.models.volunteer import Volunteer, VolunteerInterest

__all__ = [
    "Absence",
    "Activity",
    "ActivityTag",
    "ActivityTeam",
    "Announcement",
    "AnnouncementReceiver",
    "AskMe",
    "AskMeWindow",
    "Attendance",
    "AttendanceVoid",
    "CalendarFeed",
    "CampaignDays",
    "CampaignPart",
    "Certificate",
    "CertificateLine",
    "Checkpoint",
    "CloudLink",
    "Doorstep",
    "Feedback",
    "GuardianYes",
    "Handover",
    "Partner",
    "Patrol",
    "PatrolAnswer",
    "PatrolEntry",
    "PatrolTick",
    "PlaceCard",
    "Qualification",
    "RosterBatch",
    "RosterProposal",
    "Route",
    "SeriesException",
    "ServiceHours",
    "Shift",
    "ShiftBatch",
    "ShiftPlan",
    "ShiftPlanPost",
    "ShiftPost",
    "ShiftReminder",
    "ShiftSeries",
    "SignUp",
    "SignUpEvent",
    "Team",
    "TeamMember",
    "TourReport",
    "TourScore",
    "TourStop",
    "Volunteer",
    "VolunteerInterest",
]
