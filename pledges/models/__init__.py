"""Tables of pledges."""

from pledges.models.alliances import (
    Alliance,
    AllianceCovenant,
    AllianceHead,
    AllianceHelp,
    AllianceHelpAnswer,
    AllianceLink,
    AllianceMember,
    AllianceNotice,
    AllianceSignOn,
)
from pledges.models.breaches import Breach, BreachAnswer, BreachEvent
from pledges.models.clauses import Clause, ClauseSet, ClauseVersion
from pledges.models.elections import (
    AllianceBallot,
    AllianceCandidate,
    AllianceElection,
    AllianceVoter,
)
from pledges.models.inspections import (
    Inspection,
    InspectionAnswer,
    InspectionScore,
    PledgePhoto,
    VisitPlan,
    VisitPlanStop,
)
from pledges.models.list_wishes import ListWish
from pledges.models.parking import ParkingEvent, ParkingHours, ParkingOffer
from pledges.models.plaques import Plaque, PlaqueBatch, PlaqueBinding
from pledges.models.premises import (
    Premises,
    PremisesClaim,
    PremisesEvent,
    PremisesImport,
    PremisesOperator,
)
from pledges.models.signing import DutyNotice, Pledge, PledgeEvent, PledgeExtra, PledgeTick
from pledges.models.standing import Listing, ListSwitch, OwnerReply, Standing, Tap
from pledges.models.visits import DoorVisit

__all__ = [
    "Alliance",
    "AllianceBallot",
    "AllianceCandidate",
    "AllianceCovenant",
    "AllianceElection",
    "AllianceHead",
    "AllianceHelp",
    "AllianceHelpAnswer",
    "AllianceLink",
    "AllianceMember",
    "AllianceNotice",
    "AllianceSignOn",
    "AllianceVoter",
    "Breach",
    "BreachAnswer",
    "BreachEvent",
    "Clause",
    "ClauseSet",
    "ClauseVersion",
    "DoorVisit",
    "DutyNotice",
    "Inspection",
    "InspectionAnswer",
    "InspectionScore",
    "ListSwitch",
    "ListWish",
    "Listing",
    "OwnerReply",
    "ParkingEvent",
    "ParkingHours",
    "ParkingOffer",
    "Plaque",
    "PlaqueBatch",
    "PlaqueBinding",
    "Pledge",
    "PledgeEvent",
    "PledgeExtra",
    "PledgePhoto",
    "PledgeTick",
    "Premises",
    "PremisesClaim",
    "PremisesEvent",
    "PremisesImport",
    "PremisesOperator",
    "Standing",
    "Tap",
    "VisitPlan",
    "VisitPlanStop",
]
