"""Words for refusals, kinds of entries, and what is kept about people."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.labels import asking, benefits, honours, log, process, rulebook, speaking
from credit.labels.mine import source_in_words
from credit.rules.correcting import CorrectionRefusal
from credit.rules.guard import ProtectedAct
from credit.rules.guardian import GuardianRefusal
from credit.rules.kinds import ConsentRefusal, Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.rules.personal import Data, Purpose
from credit.rules.resuming import ResumeRefusal
from credit.rules.rulebook import NotCounted, RuleRefusal
from credit.rules.standing import LogStop
from credit.rules.switch import SwitchRefusal
from portal.accounts.labels import register_actions, register_reader, register_subjects
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

__all__ = ["asking", "benefits", "honours", "log", "process", "rulebook", "speaking"]

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
    Kind.LOG_RESUMED: _l("Log begun anew after a loss"),
    Kind.AGREEMENT_SIGNED: _l("Adoption agreement signed"),
    Kind.COMPANY_STANDING: _l("Standing of a service company changed"),
    Kind.CLAUSES_PUBLISHED: _l("Text of a pledge published"),
    Kind.COVENANT_PUBLISHED: _l("Covenant of an alliance published"),
    Kind.COVENANT_SIGNED: _l("Covenant of an alliance signed"),
    Kind.CONVENTION_PUBLISHED: _l("Convention of a community published"),
    Kind.HONOUR: _l("Commendation recorded"),
}
UNITS: Mapping[Unit, Words] = {
    Unit.POINTS: _l("Points"),
    Unit.CONDUCT: _l("Self-discipline record"),
}

register(KINDS)
register_subjects(
    {
        "basis": _l("Basis"),
        "benefit": _l("Benefit"),
        "honour": _l("Commendation"),
        "matter": _l("Deduction"),
        "quiz": _l("Quiz"),
        "redemption": _l("Benefit"),
        "switch": _l("Deductions: on or off"),
    }
)
register_actions(
    {
        "credit:look": _l("Points and records seen"),
        "credit:erase": _l("Points and records erased"),
    }
)
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
        ResumeRefusal.GOES_ON: _l("The ledger goes on; nothing has to be begun anew."),
        ResumeRefusal.SEALING: _l("Something is being sealed right now. Please try again."),
        ResumeRefusal.ONE_PERSON: _l("Two different people have to agree."),
        ResumeRefusal.NO_REASON: _l("Please give the reason."),
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
    if source := record["details"].get("source"):
        yield source_in_words(source)


def _consent(record: Record) -> Iterator[Any]:
    yield from (record["given_at"], record["ended_at"])


def _waiting(record: Record) -> Iterator[Any]:
    yield from (record["happened_at"], source_in_words(record["source"]))


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


# --- the guard, the switch, guardians -------------------------------------------------------------

ACTS: Mapping[ProtectedAct, Words] = {
    ProtectedAct.REPORT: _l("You reported something"),
    ProtectedAct.ME_TOO: _l("You stood behind a report of others"),
    ProtectedAct.ADDITION: _l("You added to a report"),
    ProtectedAct.COMPLAINT: _l("You complained of a unit"),
    ProtectedAct.LOW_RATING: _l("You were not satisfied"),
    ProtectedAct.REOPENING: _l("You had a matter opened again"),
    ProtectedAct.DISPUTE: _l("You objected to a decision"),
    ProtectedAct.APPEAL: _l("You appealed"),
}
register(ACTS)
register(
    {
        Data.MARK: _l("Marks (coded, nobody can read them) that you reported or complained"),
        Data.GUARDIAN: _l("Who agreed for a child under 14"),
        Purpose.GUARD: _l("so that nobody can harm you for having reported or complained"),
        Purpose.GUARDIAN: _l("so that a child has points only when a guardian wants it"),
        SwitchRefusal.NO_BASIS: _l("Say which convention or legal document this is based on."),
        SwitchRefusal.NO_RESPONSIBLE: _l("Name who is responsible, with the post."),
        SwitchRefusal.NO_DOCUMENT: _l("Choose the impact assessment as a PDF of at most 10 MB."),
        SwitchRefusal.NO_REASON: _l("Please give the reason."),
        SwitchRefusal.LONG: _l("This is too long."),
        SwitchRefusal.OPEN: _l("Deductions are on, or somebody has proposed it already."),
        SwitchRefusal.SAME_PERSON: _l("Another administrator has to confirm it."),
        SwitchRefusal.CHANGED: _l("Somebody else was quicker. Please look at the page again."),
        GuardianRefusal.NOT_NEEDED: _l("From 14 on you decide yourself. No guardian is asked."),
        GuardianRefusal.BAD_PHONE: _l("Please give a mobile number."),
        GuardianRefusal.OWN_PHONE: _l("This is your own number. Give your guardian’s."),
        GuardianRefusal.TOO_OFTEN: _l("Too many messages were sent today. Try again tomorrow."),
        GuardianRefusal.ASKED: _l("A guardian was asked already."),
        GuardianRefusal.OVER: _l("The time to answer is over."),
        GuardianRefusal.OTHER_PHONE: _l(
            "The link was sent to another phone. Sign in with the number that received it."
        ),
        GuardianRefusal.NOT_ADULT: _l("Only somebody who is 18 or older can agree for a child."),
        GuardianRefusal.NOT_STATED: _l("Please say that you are this child’s guardian."),
        GuardianRefusal.CHANGED: _l("This was answered or ended meanwhile."),
    }
)
messages.register(
    {
        "credit.probing_alarm": _l(
            "Deductions were proposed again and again about people who had complained. Please look"
            " into it: %(link)s"
        ),
        "credit.guardian_asked": _l(
            "A child asks you, as guardian, to agree to points for good deeds. It costs nothing and"
            " can be ended any time. Read and decide within 7 days: %(link)s. If you know no such"
            " child, do nothing."
        ),
    }
)
register_actions(
    {
        "deductions:propose": _l("Deductions: switching on proposed"),
        "deductions:switch_on": _l("Deductions switched on"),
        "deductions:switch_off": _l("Deductions switched off"),
        "deductions:take_back": _l("Deductions: proposal taken back"),
        "ledger:guardian_agree": _l("Guardian agreed to points for a child"),
        "ledger:guardian_end": _l("Guardian’s agreement to points ended"),
    }
)


def _mark(record: Record) -> Iterator[Any]:
    yield from (str(ACTS[ProtectedAct(record["act"])]), record["at"], record["until"])


def _guardian(record: Record) -> Iterator[Any]:
    yield from (record["asked_at"], record["agreed_at"], record["ended_at"])


register_reader("credit_protected_mark", _l("What you are protected for"), _mark)
register_reader("credit_guardian", _l("Agreement of a guardian for a child"), _guardian)


# --- a correction by hand -------------------------------------------------------------------------

register(
    {
        CorrectionRefusal.NO_REASON: _l("Please give the reason, in up to 500 characters."),
        CorrectionRefusal.OTHER_KIND: _l("Only points that were given or spent are corrected."),
        CorrectionRefusal.DEDUCTION: _l(
            "A deduction falls by an objection, a review or a repair, not by a correction."
        ),
        CorrectionRefusal.TOO_MUCH: _l("Only %(left)s of this entry is left to take back."),
        CorrectionRefusal.NO_HOLDER: _l("Nobody holds this account any more: it was erased."),
        CorrectionRefusal.OWN: _l("You cannot do this in a matter of your own."),
    }
)
register_actions({"ledger:correct": _l("Entry of the points ledger corrected")})
