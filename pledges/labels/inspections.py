"""Words for inspections, visits at the door, and what is refused of them."""

from pledges.rules.inspections import (
    Body,
    Due,
    Finding,
    InspectionRefusal,
    InspectionState,
    PhotoRefusal,
    PhotoSide,
)
from pledges.rules.visits import VisitPurpose, VisitRefusal
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

BODIES = {
    Body.STREET: _l("the street"),
    Body.COMMUNITY: _l("the community"),
    Body.LIAISON: _l("a liaison officer"),
    Body.ALLIANCE: _l("a member of an alliance of shops"),
    Body.COMPANY: _l("a service company"),
    Body.SOCIAL_ORG: _l("a social organisation"),
}
FINDINGS = {
    Finding.KEPT: _l("kept"),
    Finding.NOT_KEPT: _l("not kept"),
    Finding.NOT_SEEN: _l("could not be seen"),
}
INSPECTION_STATES = {
    InspectionState.STANDS: _l("stands"),
    InspectionState.VOID: _l("struck out"),
}
SIDES = {PhotoSide.BEFORE: _l("Before"), PhotoSide.AFTER: _l("After")}
DUE = {
    Due.SAID_RECTIFIED: _l("the shop says that it is put right"),
    Due.BREACH_DAY: _l("the day to put something right is near or over"),
    Due.FEW_STARS: _l("few stars in the last quarter"),
    Due.LONG_AGO: _l("not looked at for 30 days"),
}
PURPOSES = {
    VisitPurpose.EXPLAIN: _l("To explain the pledge"),
    VisitPurpose.NOTICE: _l("To hand over a notice"),
    VisitPurpose.SIGNING: _l("To help with signing"),
    VisitPurpose.HELP: _l("To help with a difficulty"),
    VisitPurpose.FOLLOW_UP: _l("To look again"),
}

register(
    {
        InspectionRefusal.NO_SUCH_PLACE: _l(
            "No place with this number lies where you inspect. Please compare it."
        ),
        InspectionRefusal.NO_CLAUSES: _l(
            "No text of the pledge is published for this kind of place yet, so there is nothing "
            "to check it by."
        ),
        InspectionRefusal.CHANGED_TEXT: _l(
            "Meanwhile another text counts here. Please tick the new list."
        ),
        InspectionRefusal.UNANSWERED: _l("Please say what you found here."),
        InspectionRefusal.NO_BODY: _l("Choose as what you come."),
        InspectionRefusal.NO_UNIT: _l(
            "Your role names no such company or organisation here. Whoever gave you the role can "
            "enter it."
        ),
        InspectionRefusal.NO_ALLIANCE: _l(
            "You belong to no alliance of shops that looks after this place."
        ),
        InspectionRefusal.OUTSIDE: _l(
            "This place lies outside of where your company or organisation serves. Leave it to "
            "whoever is in charge there."
        ),
        PhotoRefusal.NOT_PUT_RIGHT: _l(
            "Only photos of what was put right are shown to everybody. This one stays inside."
        ),
        InspectionRefusal.AHEAD: _l("This lies ahead. Write when you were there."),
        InspectionRefusal.TOO_OLD: _l(
            "This is more than 14 days ago. Please look again and write down what you see now."
        ),
        InspectionRefusal.OWN: _l("You speak for this place. Please leave it to a colleague."),
        InspectionRefusal.OTHER_DRAFT: _l(
            "This draft was sent already, for another place or by somebody else."
        ),
        InspectionRefusal.VOID_ALREADY: _l("This inspection is struck out."),
        InspectionRefusal.NO_STOPS: _l(
            "No place of the register lies there, or more than %(most)s. Choose another road or "
            "place."
        ),
        InspectionRefusal.BAD_DAYS: _l("The last day lies before the first."),
        VisitRefusal.NO_PURPOSE: _l("Choose what the visit was for."),
        VisitRefusal.NOT_AGREED: _l(
            "Words are kept only if whoever was there agreed. Leave them out, or ask first."
        ),
    }
)
register_actions(
    {
        "inspection:make": _l("Frontage inspected"),
        "inspection:void": _l("Inspection of a frontage struck out"),
        "inspection:plan": _l("Inspections of frontages planned"),
        "pledge_photo:show": _l("Photo of a frontage checked and shown to everybody"),
        "pledge_photo:hide": _l("Photo of a frontage kept inside"),
    }
)
