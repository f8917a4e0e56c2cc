"""Words for visits to households."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.doorsteps import DoorRefusal, DoorTopic

TOPICS: Mapping[DoorTopic, Words] = {
    DoorTopic.WASTE: _l("Sorting waste"),
    DoorTopic.CONVENTION: _l("The residents’ convention"),
    DoorTopic.STAIRWELL: _l("Free stairwells"),
    DoorTopic.FIRE: _l("Fire and electric bicycles"),
    DoorTopic.DOGS: _l("Keeping dogs"),
    DoorTopic.PARKING: _l("Parking in order"),
    DoorTopic.FRAUD: _l("Protection against fraud"),
    DoorTopic.OTHER: _l("Something else"),
}
register({**TOPICS})
register(
    {
        DoorRefusal.NO_TOPIC: _l("Please choose what you talked about at the doors."),
        DoorRefusal.NO_DOORS: _l(
            "Please write at how many households you called, or leave the fields about them empty."
        ),
        DoorRefusal.MANY_AGREED: _l("No more households can have said yes than you called at."),
        DoorRefusal.FEW_DOORS: _l(
            "At fewer than %(fewest)s households please leave building and entrance empty: they "
            "would lead to one household."
        ),
        DoorRefusal.BAD_BUILDING: _l(
            "A building is a number or letters, %(most)s signs at most, such as 3 or 12B. No flat."
        ),
        DoorRefusal.FLAT: _l(
            "There is something like the number of a flat in this. A log leads to no household: "
            "please leave it out."
        ),
        DoorRefusal.BAD_ENTRANCE: _l("An entrance is a number from 1 to %(most)s."),
    }
)
