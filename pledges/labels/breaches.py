"""Words for breaches: states, steps, answers, refusals, and the messages to the shop."""

from pledges.rules.breaches import (
    AnswerKind,
    AppealOutcome,
    BreachRefusal,
    BreachState,
    BreachStep,
)
from portal.accounts.labels import register_actions
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

STATES = {
    BreachState.REMINDED: _l("reminded"),
    BreachState.TO_RECTIFY: _l("to be put right"),
    BreachState.RECORDED: _l("recorded"),
    BreachState.LISTED: _l("proposed for the list"),
    BreachState.HANDED_OVER: _l("handed to enforcement"),
    BreachState.RECTIFIED: _l("put right"),
    BreachState.VOID: _l("withdrawn"),
}
STEPS = {
    BreachStep.REMIND: _l("The shop was reminded"),
    BreachStep.DEMAND: _l("The shop was told to put it right by a day"),
    BreachStep.RECORD: _l("It was recorded that it was not put right in time"),
    BreachStep.LIST: _l("The shop was proposed for the list of what is to be put right"),
    BreachStep.HAND_OVER: _l("It was handed to the department that enforces the law"),
    BreachStep.SAY_RECTIFIED: _l("The shop says that it is put right"),
    BreachStep.FIND_RECTIFIED: _l("It was looked at and is put right"),
    BreachStep.SUSPEND: _l("The shop appealed; everything else waits"),
    BreachStep.RESUME: _l("The appeal is over; the steps go on"),
    BreachStep.OPEN_CASE: _l("A case was opened"),
    BreachStep.PROPOSE_CONDUCT: _l("An entry of the self-discipline record was proposed"),
    BreachStep.MISS: _l("The day passed, and nobody has said that it is put right"),
    BreachStep.MISS_APPEAL: _l("The appeal was not decided in time; everything else still waits"),
    BreachStep.LEAVE: _l("Another one runs the place now; this ends"),
    BreachStep.VOID: _l("It was withdrawn: it counts as never found"),
}
# what a button of the desk does
DOES = {
    BreachStep.DEMAND: _l("Tell the shop to put it right"),
    BreachStep.RECORD: _l("Record that it was not put right"),
    BreachStep.LIST: _l("Propose it for the list"),
    BreachStep.HAND_OVER: _l("Hand it to enforcement"),
    BreachStep.FIND_RECTIFIED: _l("It is put right"),
    BreachStep.VOID: _l("Take the finding back"),
}
ANSWERS = {
    AnswerKind.REPLY: _l("Reply of the shop"),
    AnswerKind.RECTIFIED: _l("The shop says that it is put right"),
    AnswerKind.APPEAL: _l("Appeal of the shop"),
}
OUTCOMES = {
    AppealOutcome.UPHELD: _l("The appeal is granted"),
    AppealOutcome.REJECTED: _l("The appeal is not granted"),
    AppealOutcome.DROPPED: _l("The appeal was taken back"),
    AppealOutcome.MOOT: _l("It ended with the change of tenant, without a decision"),
}

register(
    {
        BreachRefusal.NOT_FOUND_SO: _l("The inspection did not find this clause broken."),
        BreachRefusal.OPEN_ALREADY: _l(
            "A breach of this clause is open at this place already. Please go on with that one."
        ),
        BreachRefusal.TENANT_LEFT: _l(
            "Whoever ran this place at the inspection runs it no longer. Please inspect it again."
        ),
        BreachRefusal.SUSPENDED: _l("The shop has appealed. Until that is decided all else waits."),
        BreachRefusal.TOO_EARLY: _l(
            "The days that the shop has are not over yet. This is open from %(day)s on."
        ),
        BreachRefusal.BAD_DAY: _l("Leave the shop time until %(day)s at least."),
        BreachRefusal.LIST_OFF: _l(
            "There is no list here: nobody has switched it on with its legal basis."
        ),
        BreachRefusal.LISTED_ALREADY: _l("This place is on the list, or proposed for it, already."),
        BreachRefusal.APPEAL_OVER: _l("The days for an appeal ended on %(day)s."),
        BreachRefusal.APPEAL_OPEN: _l("An appeal is open already."),
        BreachRefusal.APPEALED_ALREADY: _l(
            "There was an appeal against the latest notice already. You can still reply."
        ),
        BreachRefusal.NO_APPEAL: _l("No appeal is open here."),
        BreachRefusal.TOOK_A_STEP: _l(
            "Whoever inspected it or took a step of it does not decide the appeal. Please leave "
            "it to a colleague."
        ),
        BreachRefusal.NO_WORDS: _l("Please write a few words."),
        BreachRefusal.NO_ORGANISATION: _l(
            "This shop is no organisation of the register, so nothing can be written into the "
            "self-discipline record."
        ),
        BreachRefusal.NO_CATEGORY: _l("Choose what kind of problem it is."),
        BreachRefusal.NOT_RECORDED: _l(
            "An entry can be proposed only once it was recorded that it was not put right."
        ),
        BreachRefusal.CASE_THERE: _l("A case was opened of it already."),
        BreachRefusal.CONDUCT_THERE: _l("An entry was proposed already."),
        BreachRefusal.NOTHING_CHOSEN: _l("Choose at least one of the two."),
    }
)
register_actions({f"breach:{step.value}": words for step, words in STEPS.items()})
messages.register(
    {
        "breach.remind": _l(
            "At your shop something of the frontage pledge was not kept. Please put it right; "
            "you can reply or appeal: %(link)s"
        ),
        "breach.demand": _l(
            "Please put right what was found at your shop's frontage until %(day)s. You can reply "
            "or appeal: %(link)s"
        ),
        "breach.record": _l(
            "It was recorded that your shop's frontage was not put right in time. You can reply "
            "or appeal: %(link)s"
        ),
        "breach.list": _l(
            "Your shop was proposed for the list of what is to be put right. You can reply or "
            "appeal: %(link)s"
        ),
        "breach.hand_over": _l(
            "What was found at your shop's frontage was handed to the department that enforces "
            "the law. You can reply or appeal: %(link)s"
        ),
        "breach.find_rectified": _l("Your shop's frontage is in order again. Thank you. %(link)s"),
        "breach.resume": _l("Your appeal was decided. Read the reasons: %(link)s"),
        "breach.miss": _l(
            "The day for putting right your shop's frontage has passed. If it is done, please say "
            "so; you can still reply or appeal: %(link)s"
        ),
        "breach.desk_miss": _l(
            "A shop was to put its frontage right until %(day)s. Please look whether it has: "
            "%(link)s"
        ),
        "breach.desk_miss_appeal": _l(
            "The appeal of a shop was to be decided until %(day)s and is still open. Somebody who "
            "took no part decides: %(link)s"
        ),
        "breach.void": _l("What was found at your shop's frontage is withdrawn: %(link)s"),
    }
)
