"""How one's own records of conventions are read, and words for what is kept and why."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from babel.dates import format_skeleton

from portal.accounts.labels import register_reader
from portal.conventions.rules.personal import ConventionData, ConventionPurpose
from portal.conventions.rules.talk import SaidState
from portal.conventions.rules.votes import BallotWay
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

Record = Mapping[str, Any]

SAID_STATES: Final[Mapping[str, Words]] = {
    SaidState.WAITING: _l("is being checked"),
    SaidState.SHOWN: _l("can be read by everybody"),
    SaidState.HIDDEN: _l("not shown"),
    SaidState.TAKEN_BACK: _l("taken back"),
}
TOOK_PART: Final[Mapping[str, Words]] = {
    BallotWay.SCREEN: _l("took part on the screen"),
    BallotWay.PAPER: _l("took part on paper"),
    BallotWay.TOLD_NO_MORE: _l("took part"),
}
_CODES: Final = {"state": SAID_STATES, "took_part": TOOK_PART}

register(
    {
        ConventionData.SAID: _l("what you said about a convention or a question of your community"),
        ConventionData.SUPPORT: _l("which comments you support"),
        ConventionData.ROLL: _l(
            "that you have a vote, and whether you took part; never what you chose in a secret vote"
        ),
        ConventionData.SIGNATURE: _l("your signature under a convention"),
        ConventionData.ATTENDANCE: _l("that you were at a meeting"),
        ConventionData.INVITED: _l("that you want to be told of meetings"),
        ConventionData.OFFICE: _l("which office you hold in your community"),
        ConventionData.HANDLING: _l("notes on how a community settled a matter"),
        ConventionPurpose.SELF_GOVERNMENT: _l("for the self-government of your community"),
    }
)


def _reader(*columns: str) -> Callable[[Record], Iterator[Any]]:
    def read(record: Record) -> Iterator[Any]:
        yield record["about"]
        for column in columns:
            yield _said(column, record[column])

    return read


def _said(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column in _CODES:
        return str(_CODES[column][value])
    if column.endswith("_on"):
        return format_skeleton("yMMMd", date.fromisoformat(value), locale=current_language())
    return value


_SAID: Final = ("words", "at", "state", "hidden_why")
register_reader("convention_wish", _l("Your wishes for a convention"), _reader(*_SAID))
register_reader(
    "convention_comment", _l("What you said to a convention"), _reader("quote", "proposal", *_SAID)
)
register_reader("convention_support", _l("Conventions of which you support a comment"), _reader())
register_reader(
    "convention_elector", _l("Votes in which you have a voice"),
    _reader("roll", "name", "took_part", "struck_on", "struck_why"),
)  # fmt: skip
register_reader(
    "convention_sign_on", _l("Conventions that you signed"),
    _reader("number", "name", "household", "signed_at", "named_at", "withdrawn_at"),
)  # fmt: skip
register_reader("community_opinion", _l("What you said to a question"), _reader(*_SAID))
register_reader(
    "community_issue", _l("Issues that you raised"), _reader("words", "raised_at", "refused_why")
)
register_reader(
    "community_issue_proposal", _l("Your proposals for issues"),
    _reader("words", "at", "refused_why"),
)  # fmt: skip
register_reader("community_attendance", _l("Meetings that you attended"), _reader("name", "at"))
register_reader("community_invited", _l("Places of whose meetings you are told"), _reader("at"))
register_reader(
    "community_head", _l("Offices that you hold in a community"),
    _reader("name", "starts_on", "ends_on", "named_at"),
)  # fmt: skip
register_reader(
    "community_owners_member", _l("Owners' committees of which you are a member"),
    _reader("office", "name", "starts_on", "ends_on", "named_at"),
)  # fmt: skip
register_reader("community_issue_support", _l("Issues that you support"), _reader())
register_reader("community_errand", _l("What you wrote to heads"), _reader("words", "at", "answer"))
