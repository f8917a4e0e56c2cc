"""Words for kinds of conventions, their steps and rules."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.kinds import Ballot, Electorate, Kind, Measure, Part, Starter, Step
from portal.conventions.rules.texts import Topic
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

KINDS: Final[Mapping[Kind, Words]] = {
    Kind.RESIDENTS: _l("Residents' convention"),
    Kind.CIVILITY: _l("Civility convention"),
    Kind.SELF_GOVERNMENT: _l("Self-government convention"),
    Kind.MANAGEMENT: _l("Management convention"),
    Kind.VILLAGE: _l("Village rules"),
    Kind.OWNERS: _l("Owners' covenant"),
    Kind.ALLIANCE: _l("Covenant of an alliance"),
}
STEPS: Final[Mapping[Step, Words]] = {
    Step.STUDY: _l("The community's Party organisation studies it"),
    Step.WISHES: _l("Wishes are collected"),
    Step.DRAFT: _l("A draft is written"),
    Step.DISCUSSION: _l("The draft is discussed in public"),
    Step.REVIEW: _l("The street reviews it"),
    Step.VOTE: _l("It is put to the vote"),
    Step.FILING: _l("It is filed for record"),
    Step.PUBLICATION: _l("It is published"),
}
STARTERS: Final[Mapping[Starter, Words]] = {
    Starter.COMMITTEE: _l("the residents' or villagers' committee"),
    Starter.OWNERS_COMMITTEE: _l("the owners' committee"),
    Starter.ALLIANCE: _l("the alliance"),
}
ELECTORATES: Final[Mapping[Electorate, Words]] = {
    Electorate.HEADS: _l("every adult"),
    Electorate.HOUSEHOLDS: _l("one voice for each household"),
    Electorate.REPRESENTATIVES: _l("representatives of the residents"),
    Electorate.HEADS_AND_AREA: _l("every owner, counted by heads and by floor space"),
    Electorate.MEMBERS: _l("one voice for each member"),
}
MEASURES: Final[Mapping[Measure, Words]] = {
    Measure.VOTERS: _l("by heads"),
    Measure.AREA: _l("by floor space"),
}
BALLOTS: Final[Mapping[Ballot, Words]] = {
    Ballot.SECRET: _l("secret: nobody can find out who chose what"),
    Ballot.OPEN: _l("open, because floor space is counted or because members answer for a shop"),
}
TOPICS: Final[Mapping[Topic, Words]] = {
    Topic.AIM: _l("Aim"),
    Topic.MORALS: _l("Public order and good morals"),
    Topic.NEIGHBOURS: _l("Neighbours"),
    Topic.CLEANLINESS: _l("Cleanliness"),
    Topic.SORTING: _l("Sorting of waste"),
    Topic.PETS: _l("Pets"),
    Topic.PARKING: _l("Parking"),
    Topic.SAFETY: _l("Safety"),
    Topic.PROPERTY: _l("Common property"),
    Topic.CUSTOMS: _l("Customs"),
    Topic.TRADE: _l("Trade"),
    Topic.DUTIES: _l("Taking part"),
    Topic.HANDLING: _l("How it is kept"),
    Topic.OTHER: _l("Other"),
}


def part_in_words(part: Part) -> str:
    """A share as it is said: more than 1/2, at least 2/3."""
    share = f"{part.share.numerator}/{part.share.denominator}"
    if part.least:
        return str(_("at least %(share)s", share=share))
    return str(_("more than %(share)s", share=share))
