"""Words for service companies: how they stand, are checked, scored and heard."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.organisations.rules import CompanyStanding
from portal.reports.rules.companies import CompanyRefusal, Matter, Outcome
from portal.reports.rules.company_personal import CompanyData, CompanyPurpose
from portal.reports.rules.company_scores import Part

# the shape and colour of a standing
STANDING_KINDS: Mapping[CompanyStanding, str] = {
    CompanyStanding.ADMITTED: "new",
    CompanyStanding.ACTIVE: "done",
    CompanyStanding.WARNED: "sent_back",
    CompanyStanding.SUSPENDED: "waiting",
    CompanyStanding.EXITED: "closed",
}
OUTCOMES: Mapping[Matter, Mapping[Outcome, Words]] = {
    Matter.STEP: {
        Outcome.STANDS: _l("Take the step"),
        Outcome.DROPPED: _l("Drop the proposal"),
    },
    Matter.CHECK: {
        Outcome.STANDS: _l("The check stands"),
        Outcome.DROPPED: _l("The company is right: the check does not count"),
    },
    Matter.SCORE: {
        Outcome.STANDS: _l("The score stands"),
        Outcome.DROPPED: _l("The company is right: make the score anew"),
    },
}
# what each part counts: its number of its whole
PARTS: Mapping[Part, Words] = {
    Part.IN_TIME: _l("Matters of the quarter that were due, and done in time"),
    Part.KEPT: _l("Matters of the quarter that were handled, and never sent back or reopened"),
    Part.SPOT: _l("Marks of the spot checks that count, of the most possible"),
    Part.RESIDENT: _l("Residents content with the service, as a band"),
}

register(
    {
        Matter.STEP: _l("Proposed step"),
        Matter.CHECK: _l("Spot check"),
        Matter.SCORE: _l("Score of a quarter"),
        Part.IN_TIME: _l("Done in time"),
        Part.KEPT: _l("Held at the first time"),
        Part.SPOT: _l("Spot checks"),
        Part.RESIDENT: _l("Residents’ answers"),
        CompanyRefusal.NO_STEP: _l("Choose one of the steps that can follow now."),
        CompanyRefusal.STEP_OPEN: _l(
            "A step of this company is proposed already. Decide that one first."
        ),
        CompanyRefusal.NO_REASON: _l("Write why. The company and everybody will read it."),
        CompanyRefusal.NO_BASIS: _l("Name the clause of the contract or the rule."),
        CompanyRefusal.NO_WORDS: _l("Write at least a sentence."),
        CompanyRefusal.NO_OUTCOME: _l("Choose how it ends."),
        CompanyRefusal.TOO_EARLY: _l(
            "The company still has time to answer. Decide when it has, or when its days are over."
        ),
        CompanyRefusal.OWN_PROPOSAL: _l("You made this yourself. Somebody else has to settle it."),
        CompanyRefusal.OF_THE_COMPANY: _l("Nobody settles what is about her own unit."),
        CompanyRefusal.SETTLED: _l("This is settled already. Nothing was changed."),
        CompanyRefusal.SAID_ALREADY: _l("The company has answered already."),
        CompanyRefusal.TOO_LATE: _l("The days for an answer are over."),
        CompanyRefusal.NOTHING_SAID: _l("The company does not object, so nothing is to settle."),
        CompanyRefusal.NO_CONTRACT: _l("Choose a contract of the list."),
        CompanyRefusal.NO_SPOT: _l("Write where you looked."),
        CompanyRefusal.NO_MARK: _l("Give at least one mark from 0 to 10."),
        CompanyRefusal.BAD_DAY: _l("Write a day of the last two weeks."),
    }
)
messages.register(
    {
        "company.step": _l("A step is proposed about your company. Read it and answer: %(link)s"),
        "company.check": _l("Your company’s work was checked on the spot. Read it: %(link)s"),
        "company.score": _l("The score of your company for a quarter is made. Read it: %(link)s"),
        "company.settled": _l("What you said for your company was answered: %(link)s"),
    }
)
register(
    {
        CompanyData.PHOTOS: _l("Photos of spot checks of streets, on which somebody may be seen"),
        CompanyPurpose.CHECKS: _l("So that a service company sees what a check found"),
    }
)
