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
from pledges.models.inspections import (
    Inspection,
    InspectionAnswer,
    InspectionScore,
    PledgePhoto,
    VisitPlan,
    VisitPlanStop,
)
from pledges.models.list_wishes import ListWish
from pledges.models.parking import ParkingHours, ParkingOffer
from pledges.models.plaques import Plaque, PlaqueBatch, PlaqueBinding
from pledges.models.premises import Premises, PremisesClaim, PremisesEvent, PremisesOperator
from pledges.models.signing import DutyNotice, Pledge, PledgeEvent, PledgeExtra, PledgeTick
from pledges.models.standing import Listing, ListSwitch, OwnerReply, Standing, Tap
from pledges.models.visits import DoorVisit

__all__ = [
    "Alliance",
    "AllianceCovenant",
    "AllianceHead",
    "AllianceHelp",
    "AllianceHelpAnswer",
    "AllianceLink",
    "AllianceMember",
    "AllianceNotice",
    "AllianceSignOn",
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
    "PremisesOperator",
    "Standing",
    "Tap",
    "VisitPlan",
    "VisitPlanStop",
]
