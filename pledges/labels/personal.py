"""How one's own records of pledges are read, and words for what is kept and why."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from pledges.rules.breaches import AnswerKind, AppealOutcome
from pledges.rules.personal import PledgeData, PledgePurpose
from pledges.rules.premises import ClaimKind, ClaimState
from pledges.rules.signing import PledgeState
from pledges.rules.standing import ReplyState
from portal.accounts.labels import register_reader
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

Record = Mapping[str, Any]

CLAIM_KINDS: Mapping[ClaimKind, Words] = {
    ClaimKind.SPEAKS: _l("I speak for this place"),
    ClaimKind.TOOK_OVER: _l("I took this place over"),
    ClaimKind.OTHER_PHONE: _l("This is not my phone"),
}
CLAIM_STATES: Mapping[ClaimState, Words] = {
    ClaimState.WAITING: _l("is being checked"),
    ClaimState.CONFIRMED: _l("confirmed"),
    ClaimState.REFUSED: _l("not confirmed"),
    ClaimState.WITHDRAWN: _l("withdrawn"),
}
PLEDGE_STATES: Mapping[PledgeState, Words] = {
    PledgeState.IN_FORCE: _l("in force"),
    PledgeState.RENEWED: _l("renewed by a newer one"),
    PledgeState.WITHDRAWN: _l("withdrawn"),
    PledgeState.ENDED: _l("ended"),
}
ANSWER_KINDS: Mapping[AnswerKind, Words] = {
    AnswerKind.REPLY: _l("Reply"),
    AnswerKind.RECTIFIED: _l("Said to be put right"),
    AnswerKind.APPEAL: _l("Appeal"),
}
APPEAL_OUTCOMES: Mapping[AppealOutcome, Words] = {
    AppealOutcome.UPHELD: _l("the appeal was right"),
    AppealOutcome.REJECTED: _l("the appeal was rejected"),
    AppealOutcome.DROPPED: _l("the appeal was dropped"),
}
REPLY_STATES: Mapping[ReplyState, Words] = {
    ReplyState.WAITING: _l("is being checked"),
    ReplyState.SHOWN: _l("shown on the page of the shop"),
    ReplyState.REFUSED: _l("not shown"),
    ReplyState.TAKEN_BACK: _l("taken back"),
}

register(
    {
        PledgeData.OPERATOR: _l("who runs a place, and at which telephone the street reaches them"),
        PledgeData.CLAIM: _l("what you said about a place, until it was checked"),
        PledgeData.SIGNATURE: _l("your signature under a pledge"),
        PledgeData.ANSWER: _l("what you answered for a place"),
        PledgeData.ALLIANCE: _l("what you do in an alliance of shops"),
        PledgePurpose.PLEDGE: _l("to keep frontages in order with those who run them"),
    }
)


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    return format_skeleton("yMMMd", date.fromisoformat(text), locale=current_language())


def _operator(record: Record) -> Iterator[Any]:
    yield from (record["title"], record["name"], record["phone"])
    yield from (_day(record["starts_on"]), _day(record["ends_on"]))


def _claim(record: Record) -> Iterator[Any]:
    yield record["title"]
    yield str(CLAIM_KINDS[ClaimKind(record["kind"])])
    yield str(CLAIM_STATES[ClaimState(record["state"])])
    yield from (record[name] for name in ("name", "phone", "words", "made_at", "reason"))


def _pledge(record: Record) -> Iterator[Any]:
    yield from (record["title"], record["number"])
    yield str(PLEDGE_STATES[PledgeState(record["state"])])
    yield from (record["signature"], record["signed_at"])


def _answer(record: Record) -> Iterator[Any]:
    yield record["breach"]
    yield str(ANSWER_KINDS[AnswerKind(record["kind"])])
    yield from (record["words"], record["at"])
    yield str(APPEAL_OUTCOMES[AppealOutcome(record["outcome"])]) if record["outcome"] else None
    yield record["reason"]


def _reply(record: Record) -> Iterator[Any]:
    yield from (record["title"], record["words"], record["at"])
    yield str(REPLY_STATES[ReplyState(record["state"])])
    yield record["reason"]


def _head(record: Record) -> Iterator[Any]:
    yield from (record["name"], _day(record["starts_on"]), _day(record["ends_on"]))


def _sign_on(record: Record) -> Iterator[Any]:
    yield from (record[name] for name in ("name", "signature", "signed_at", "withdrawn_at"))


def _candidate(record: Record) -> Iterator[Any]:
    yield from (record[name] for name in ("name", "agreed_at", "withdrawn_at", "votes"))


def _help(record: Record) -> Iterator[Any]:
    yield from (record["words"], record["at"])


register_reader("premises_operator", _l("Places for which you speak"), _operator)
register_reader("premises_claim", _l("What you said about places"), _claim)
register_reader("pledge", _l("Pledges that you signed"), _pledge)
register_reader("pledge_breach_answer", _l("What you answered to a breach"), _answer)
register_reader("pledge_reply", _l("What you answered in public for a shop"), _reply)
register_reader("alliance_head", _l("Alliances of shops that you led"), _head)
register_reader("alliance_sign_on", _l("Covenants of alliances that you signed"), _sign_on)
register_reader("alliance_candidate", _l("Elections of alliances in which you stood"), _candidate)
register_reader("alliance_help", _l("Help that you asked for in an alliance"), _help)
register_reader("alliance_help_answer", _l("Help that you offered in an alliance"), _help)
