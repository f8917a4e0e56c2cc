"""Filing through other doors: who files for whom, from which source, and what is small. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.reports.rules.codes import Source

SETTING = "building_head"
ANSWER_DAYS, MOST_ANSWER_DAYS = 5, 30
MOST_NAME, MOST_EXTERNAL = 40, 64


class Behalf(StrEnum):
    """For whom somebody files."""

    RESIDENT = "resident"
    ANONYMOUS = "anonymous"
    # an opinion of units and residents of a place, of no single person (R175)
    UNITS = "units"
    # what she saw herself on duty
    DUTY = "duty"


class ProxyRelation(StrEnum):
    """How whoever files stands to whoever she files for (R036)."""

    AGENT = "agent"
    NEIGHBOUR = "neighbour"
    FAMILY = "family"
    CARER = "carer"
    CALL_TAKER = "call_taker"


class ConsentWay(StrEnum):
    """How somebody agreed that another files for her."""

    SPOKEN = "spoken"
    PHONE = "phone"
    PAPER = "paper"


class FilingRefusal(StrEnum):
    """Why something cannot be filed for somebody else as it stands."""

    NO_BEHALF = "filing.no_behalf"
    NO_NAME = "filing.no_name"
    NO_RELATION = "filing.no_relation"
    NO_CONSENT_WAY = "filing.no_consent_way"
    NO_CONSENT = "filing.no_consent"
    NO_PAPER = "filing.no_paper"
    NO_PUBLISH_CHOICE = "filing.no_publish_choice"
    LONG_NAME = "filing.long_name"
    LONG_NUMBER = "filing.long_number"
    KNOWN_NUMBER = "filing.known_number"
    WITHDRAWN = "filing.withdrawn"


_CALLERS = (Behalf.RESIDENT, Behalf.ANONYMOUS)
BEHALVES: Mapping[Source, tuple[Behalf, ...]] = {
    Source.PETITION_PROXY: (Behalf.RESIDENT, Behalf.ANONYMOUS, Behalf.UNITS),
    Source.HOTLINE_12319: _CALLERS,
    Source.HOTLINE_12345: _CALLERS,
    Source.RESIDENT: _CALLERS,
    Source.COLLECTOR: (Behalf.DUTY,),
    Source.INSPECTION_GROUP: (Behalf.DUTY,),
    Source.MEDIA: (Behalf.DUTY,),
    Source.VOLUNTEER_PATROL: (Behalf.DUTY,),
    Source.PLEDGE_INSPECTION: (Behalf.DUTY,),
}
# these have order numbers of their own, which are kept
NUMBERED = frozenset({Source.HOTLINE_12319, Source.HOTLINE_12345, Source.MEDIA})
# whose numbers they are: what a call taker typed is known again when the hotline's file brings it
NUMBERINGS = {Source.HOTLINE_12319: "12319", Source.HOTLINE_12345: "12345", Source.MEDIA: "media"}
# somebody is there who can say whether it is solved
ANSWERING = frozenset({Behalf.RESIDENT, Behalf.ANONYMOUS})


@dataclass(frozen=True)
class SourceRow:
    """A source, and the roles that may name it."""

    source: Source
    roles: frozenset[str]


def sources_for(rows: Sequence[SourceRow], roles: Collection[str]) -> list[Source]:
    """The sources that somebody with these roles may name, in the order of the list."""
    return [row.source for row in rows if row.roles & set(roles)]


@dataclass(frozen=True)
class ConsentText:
    """The words somebody agreed to, from a day on."""

    version: str
    valid_from: date
    words: Mapping[str, str]


def consent_on(rows: Sequence[ConsentText], day: date) -> ConsentText:
    """The words that hold on a day: the latest that are in force."""
    return max((row for row in rows if row.valid_from <= day), key=lambda row: row.valid_from)


@dataclass(frozen=True)
class Filing:
    """Who files for whom, and how that was agreed."""

    source: Source
    behalf: Behalf
    name: str = ""
    relation: ProxyRelation | None = None
    consent_way: ConsentWay | None = None
    agreed: bool = False
    papers: int = 0
    external_number: str = ""


def what_is_wrong(filing: Filing) -> list[tuple[str, FilingRefusal]]:
    """(field, why) for everything that keeps it from being filed."""
    found = []
    if filing.behalf not in BEHALVES[filing.source]:
        found.append(("behalf", FilingRefusal.NO_BEHALF))
    if len(filing.name) > MOST_NAME:
        found.append(("name", FilingRefusal.LONG_NAME))
    if len(filing.external_number) > MOST_EXTERNAL:
        found.append(("external", FilingRefusal.LONG_NUMBER))
    if filing.behalf is Behalf.RESIDENT:
        found += _consent(filing)
    return found


def _consent(filing: Filing) -> list[tuple[str, FilingRefusal]]:
    """A resident is named only with her consent, and it is known how she gave it."""
    wanted = (
        (not filing.name, "name", FilingRefusal.NO_NAME),
        (filing.relation is None, "relation", FilingRefusal.NO_RELATION),
        (filing.consent_way is None, "consent_way", FilingRefusal.NO_CONSENT_WAY),
        (not filing.agreed, "agreed", FilingRefusal.NO_CONSENT),
        (
            filing.consent_way is ConsentWay.PAPER and not filing.papers,
            "paper",
            FilingRefusal.NO_PAPER,
        ),
    )
    return [(name, refusal) for lacks, name, refusal in wanted if lacks]


@dataclass(frozen=True)
class SmallMatters:
    """What the head of a building settles: which kinds, in places of which levels."""

    kinds: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    answer_days: int = ANSWER_DAYS

    @property
    def answer_time(self) -> timedelta:
        """How long the reporter is asked before the verifier takes it."""
        return timedelta(days=self.answer_days)


def small_matters(raw: Mapping[str, Any]) -> SmallMatters:
    """The setting of a city file; without it nothing is small. Raises ValueError with words."""
    told = raw.get(SETTING, {})
    days = told.get("answer_days", ANSWER_DAYS)
    whole = isinstance(days, int) and not isinstance(days, bool)
    if not whole or not 1 <= days <= MOST_ANSWER_DAYS:
        raise ValueError(f"{SETTING}.answer_days is {days!r}: a whole number up to 30")
    return SmallMatters(frozenset(told.get("kinds", ())), frozenset(told.get("levels", ())), days)


def is_awaited(confirm_until: datetime | None, now: datetime) -> bool:
    """Whether the reporter's word is still waited for; from that very second on it is not."""
    return confirm_until is not None and now < confirm_until
