"""Words of grids: who belongs to the team, what the diary holds, what was found on the spot."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.grid import EntryKind, GridRefusal, MemberKind, Present
from portal.reports.rules.grid_personal import GridData, GridPurpose

MEMBERS: Mapping[MemberKind, Words] = {
    MemberKind.STREET_STAFF: _l("Street staff"),
    MemberKind.ENFORCEMENT: _l("Enforcement officers"),
    MemberKind.SOCIAL_ORG: _l("Social organisations"),
    MemberKind.SELF_GOVERNMENT: _l("Community self-government"),
    MemberKind.PARTY_MEMBER: _l("Party members"),
    MemberKind.VOLUNTEER: _l("Volunteers"),
}

ENTRIES: Mapping[EntryKind, Words] = {
    EntryKind.PATROL: _l("Patrol"),
    EntryKind.CONSULT: _l("Talking it over"),
    EntryKind.HANDLE: _l("Handling"),
    EntryKind.VISIT: _l("Visit"),
}

PRESENT: Mapping[Present, Words] = {
    Present.MEMBERS: _l("Members of the team"),
    Present.RESIDENTS: _l("Residents"),
    Present.SHOPS: _l("Shops"),
    Present.MANAGERS: _l("Property firms"),
    Present.OTHERS: _l("Others"),
}

register(
    {
        **MEMBERS,
        **ENTRIES,
        GridRefusal.NO_NAME: _l(
            "Write a name of up to 60 characters, or the number of an account."
        ),
        GridRefusal.NO_PERSON: _l("There is no account with this number."),
        GridRefusal.MEMBER_ALREADY: _l("This person belongs to the team already."),
        GridRefusal.BAD_DATES: _l("This day does not fit. Please look at the team again."),
        GridRefusal.BAD_INTERVAL: _l("Write a number of days from 1 to %(most)s."),
        GridRefusal.NO_KIND: _l("Choose what it was."),
        GridRefusal.NO_WORDS: _l("Write in a few words what you saw or did."),
        GridRefusal.LONG: _l("Please write no more than %(most)s characters."),
        GridRefusal.NOT_YET: _l(
            "Write a day and an hour that are not ahead, like 2026-11-23 09:30."
        ),
        GridRefusal.TOO_LATE: _l(
            "This is more than seven days ago: the diary is written soon after."
        ),
        GridRefusal.BAD_COUNT: _l("Write numbers only, none larger than 999."),
        GridRefusal.NO_SUCH_CASE: _l("You have no case with the number %(number)s."),
        GridRefusal.CORRECTED_ALREADY: _l(
            "This entry has just been corrected. Please look at it again."
        ),
        GridData.MEMBER: _l("That you belong to the team of a grid, and as what"),
        GridData.DIARY: _l("Words and photos in the diary of a grid, where they tell of somebody"),
        GridPurpose.DIARY: _l("To show what was done in a grid, and by whom"),
        GridPurpose.TEAM: _l("So that a grid knows who works for it"),
        GridRefusal.NO_NUMBER: _l("You have no case with this number. Please check it."),
    }
)

register_actions(
    {
        "grid:add": _l("Somebody taken into the team of a grid"),
        "grid:end": _l("Somebody left the team of a grid"),
        "grid:patrol": _l("Interval of patrols changed"),
    }
)


def _member(record: Mapping[str, Any]) -> Iterator[Any]:
    yield from (record["place"], str(MEMBERS[MemberKind(record["kind"])]))
    yield from (record["since"], record["until"])


register_reader("grid_member", _l("Teams of grids that you belong to"), _member)

messages.register(
    {
        "desk.alert": _l(
            "Illegal building reported just now: %(number)s, %(place)s. Please go there at once:"
            " %(link)s"
        ),
    }
)
