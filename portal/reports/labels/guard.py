"""Words for what the public sees or not: decisions, covered photos, objections, samples."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.labels.case import REASONS, WithReason, reason_words
from portal.reports.rules.covering import CoverRefusal
from portal.reports.rules.guarding import Act, AppealRefusal, Outcome
from portal.reports.rules.masking import Masked
from portal.reports.rules.personal import Data, Purpose
from portal.reports.rules.reasons import WITHHOLD_REASONS
from portal.reports.rules.sampling import DrawRefusal, Finding

ACTS: Mapping[Act, Words] = {
    Act.SHOWN: _l("Shown to the public"),
    Act.MASKED: _l("Shown to the public with parts left out"),
    Act.WITHHELD: _l("Kept inside"),
    Act.AT_ONCE: _l("Public at once, because the phone was checked"),
    Act.COVERED: _l("Parts of a photo covered"),
    Act.UNCOVERED: _l("Covering taken away; the photo waits for a check"),
}
OUTCOMES: Mapping[Outcome, Words] = {
    Outcome.CHANGED: _l("Something was changed"),
    Outcome.STAYS: _l("It stays as it is"),
}
FINDINGS: Mapping[Finding, Words] = {
    Finding.IN_ORDER: _l("In order"),
    Finding.NOT_IN_ORDER: _l("Not in order"),
}
MASKS: Mapping[Masked, Words] = {
    Masked.PHONE: _l("telephone number"),
    Masked.ID_NUMBER: _l("identity card number"),
    Masked.BANK_CARD: _l("bank card number"),
    Masked.PLATE: _l("number plate"),
    Masked.NAME: _l("name"),
}

register(
    {
        CoverRefusal.NOTHING: _l("Draw at least one rectangle, or choose two corners."),
        CoverRefusal.DAMAGED: _l("These rectangles cannot be read. Please choose them again."),
        CoverRefusal.TOO_MANY: _l("No more than %(most)s rectangles on one photo, please."),
        CoverRefusal.NOT_COVERED: _l("Nothing of this photo is covered."),
        CoverRefusal.NO_FILE: _l("The file of this photo is gone."),
        AppealRefusal.NOTHING_KEPT: _l("Nothing of yours is kept from the public here."),
        AppealRefusal.ONCE: _l("You have already written to us about this. It can be done once."),
        AppealRefusal.NO_WORDS: _l("Please write a few words."),
        AppealRefusal.LONG_WORDS: _l("Please write no more than %(most)s characters."),
        AppealRefusal.NO_OUTCOME: _l("Choose whether something was changed."),
        AppealRefusal.ANSWERED: _l("Somebody has just answered this objection."),
        AppealRefusal.OWN_DECISION: _l(
            "You took part in the decision. Somebody else has to answer the objection."
        ),
        DrawRefusal.NO_PERIOD: _l("Give the first and the last day of the period."),
        DrawRefusal.LONG_PERIOD: _l("A period has at most %(most)s days."),
        DrawRefusal.NOT_OVER: _l("The last day must be over: until then cases are still added."),
        DrawRefusal.BAD_SIZE: _l("Give a number of cases from 1 to %(most)s."),
        DrawRefusal.LONG_SEED: _l("A seed has at most %(most)s characters."),
        DrawRefusal.UNKNOWN_PLACE: _l("There is no place with this code."),
        DrawRefusal.NO_CASES: _l("No case was closed there in this period."),
        DrawRefusal.NO_FINDING: _l("Choose what you found."),
        DrawRefusal.WORDS_MISSING: _l("Write down what is not in order."),
        DrawRefusal.LONG_WORDS: _l("Please write no more than %(most)s characters."),
        DrawRefusal.FOUND_ALREADY: _l("Somebody has already recorded a finding of this case."),
        Data.OBJECTION: _l("Your objection to what is kept from the public, and the answer"),
        Data.DECISION: _l("What was decided about your words and photos"),
        Purpose.DECIDE: _l("So that decisions on what is public can be examined"),
    }
)
register_actions({"audit:draw": _l("Sample of closed cases drawn")})

messages.register(
    {
        "report.masked": _l(
            "In your report %(number)s, words that lead to a person are left out for the public."
            " See which, and tell us if you disagree: %(link)s"
        ),
        "report.covered": _l(
            "On a photo of your report %(number)s, a part that shows somebody is covered for the"
            " public. See it, and tell us if you disagree: %(link)s"
        ),
        "report.objection.changed": _l(
            "We looked at your objection on report %(number)s again and changed something. Our"
            " answer: %(link)s"
        ),
        "report.objection.stays": _l(
            "We looked at your objection on report %(number)s again. It stays as it is. Our"
            " answer: %(link)s"
        ),
        **{
            f"report.withheld.{reason.value}": WithReason(
                _l(
                    "Something of your report %(number)s is not shown to the public: %(reason)s."
                    " The report itself goes on. Tell us if you disagree: %(link)s"
                ),
                REASONS[reason],
            )
            for reason in WITHHOLD_REASONS
        },
    }
)


def _decision(record: Mapping[str, Any]) -> Iterator[Any]:
    yield from (record["number"], record["decided_at"], str(ACTS[Act(record["act"])]))
    yield reason_words(record["reason"])
    yield from (record["before"], record["after"])


def _objection(record: Mapping[str, Any]) -> Iterator[Any]:
    yield from (record["number"], record["said_at"], record["words"], record["answer"])


register_reader("moderation_entry", _l("What was decided about your words and photos"), _decision)
register_reader(
    "moderation_appeal",
    _l("Your objection to what is kept from the public, and the answer"),
    _objection,
)
