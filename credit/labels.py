"""Words for refusals, kinds of entries, and what is kept about people."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.kinds import ConsentRefusal, Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.rules.personal import Data, Purpose
from credit.rules.rulebook import NotCounted, RuleRefusal
from credit.rules.standing import LogStop
from portal.accounts.labels import register_actions, register_reader
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

KINDS: Mapping[Kind, Words] = {
    Kind.AWARD: _l("Points earned"),
    Kind.REDEEM_HOLD: _l("Points held for a benefit"),
    Kind.REDEEM_POST: _l("Benefit handed out, points spent"),
    Kind.REDEEM_VOID: _l("Benefit not handed out, points free again"),
    Kind.DEDUCTION_NOTICE: _l("Deduction announced, not in effect"),
    Kind.DEDUCTION_POST: _l("Deduction in effect"),
    Kind.DEDUCTION_VOID: _l("Deduction voided"),
    Kind.DEDUCTION_EXPIRE: _l("Deduction lapsed before it took effect"),
    Kind.REPAIR: _l("Deduction repaired"),
    Kind.EXPIRY: _l("Expired"),
    Kind.CORRECTION: _l("Corrected"),
    Kind.RULE_PUBLISHED: _l("Rule published"),
    Kind.APPEAL_OPENED: _l("Appeal handed in"),
    Kind.APPEAL_DECIDED: _l("Appeal decided"),
    Kind.CONSENT: _l("Consent given or ended"),
    Kind.ERASURE: _l("Account erased"),
    Kind.SWITCH: _l("Deductions switched on or off"),
    Kind.PLEDGE_SIGNED: _l("Pledge signed"),
    Kind.RELEASE: _l("Figures released"),
}
UNITS: Mapping[Unit, Words] = {
    Unit.POINTS: _l("Points"),
    Unit.CONDUCT: _l("Self-discipline record"),
}

register(KINDS)
register_actions({"credit:look": _l("Points and records seen")})
register(
    {
        LedgerRefusal.NOT_ENOUGH: _l("There is not enough for this."),
        LedgerRefusal.NO_ACCOUNT: _l("There is no such account."),
        LedgerRefusal.UNKNOWN_ENTRY: _l("There is no such earlier entry."),
        LedgerRefusal.RESOLVED: _l("This was ended already."),
        LedgerRefusal.TAKEN_BACK: _l("So much of this entry is not left."),
        LedgerRefusal.OTHER_BODY: _l("An entry with this number says something else."),
        LedgerRefusal.BAD_AMOUNT: _l("Please give a whole number above zero."),
        LedgerRefusal.NOT_ADULT: _l("Deductions are written down for adults and shops only."),
        LedgerRefusal.TOO_EARLY: _l("The time to answer the notice is not over yet."),
        LedgerRefusal.HALTED: _l("The points ledger is stopped for now. Please try again later."),
        ConsentRefusal.GUARDIAN: _l("Under 14 a guardian has to agree first."),
        RuleRefusal.RETROACTIVE: _l("A rule cannot begin before it is published."),
        RuleRefusal.BAD_CODE: _l("A code has small letters, digits and underscores only."),
        RuleRefusal.BAD_POINTS: _l("Points are a whole number, zero or more."),
        RuleRefusal.BAD_LIFE: _l("Points last from one day to five years."),
        RuleRefusal.NO_SOURCE: _l("Name the rule, its source and the evidence it needs."),
        RuleRefusal.OTHER_FACT: _l("Another rule is about this already."),
        RuleRefusal.CHANGED: _l("Somebody else has changed this rule meanwhile."),
        NotCounted.NO_RULE: _l("No rule gives points for this."),
        NotCounted.ENDED_RULE: _l("The rule that gave points for this has ended."),
        NotCounted.NO_CONSENT: _l("Points are written down only for those who agreed."),
        NotCounted.WAITS: _l("The points ledger is stopped; points for this follow later."),
        LogStop.NO_STATE: _l("The note beside the database is missing."),
        LogStop.OTHER_LOG: _l("The note beside the database is of another ledger."),
        LogStop.DATABASE_BEHIND: _l("The database is older than what was sealed."),
        LogStop.OTHER_ROOT: _l("The database differs from what was sealed."),
        Data.ACCOUNT: _l("Which account of the points ledger is yours"),
        Data.DETAILS: _l("What your entries in the points ledger come from"),
        Data.CONSENT: _l("Whether you agreed to points being written down"),
        Data.WAITING: _l("What you did that waits to be written into the points ledger"),
        Purpose.LEDGER: _l("to keep your points and records, with proof"),
    }
)

Record = Mapping[str, Any]


def _account(record: Record) -> Iterator[Any]:
    yield str(UNITS[Unit(record["unit"])])
    yield record["balance"]


def _entry(record: Record) -> Iterator[Any]:
    yield from (record["at"], str(KINDS[Kind(record["kind"])]))
    yield str(UNITS[Unit(record["unit"])])
    yield record["amount"]
    yield from (record["rule"], record["details"].get("source"))


def _consent(record: Record) -> Iterator[Any]:
    yield from (record["given_at"], record["ended_at"])


def _waiting(record: Record) -> Iterator[Any]:
    yield from (record["happened_at"], record["source"])


register_reader("credit_account", _l("Your accounts in the points ledger"), _account)
register_reader("credit_detail", _l("Your entries in the points ledger"), _entry)
register_reader(
    "credit_consent", _l("When you agreed to points being written down, and ended it"), _consent
)
register_reader(
    "credit_waiting_fact",
    _l("What waits to be written into the points ledger"),
    _waiting,
)
