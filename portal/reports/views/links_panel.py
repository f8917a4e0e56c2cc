"""What a case's page at the desk shows of its links, and of the text to paste into a group."""

from typing import Any

from portal.accounts.access import current_actor
from portal.kernel.clock import now
from portal.kernel.web import reading
from portal.kernel.words import say
from portal.reports.labels.passes import DECLINE_REASONS, ENTRY_KINDS, ENTRY_STATES, PASS_KINDS
from portal.reports.rules.codes import Event
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.passes import PassKind
from portal.reports.service.desk import DeskCase
from portal.reports.service.pass_desk import links_of_case
from portal.reports.service.passes import may_forward
from portal.reports.views.share import staff_share


def links_panel(page: DeskCase) -> dict[str, Any]:
    """The case's page: live links with their end, what waits, and what became of the rest."""
    actor, moment = current_actor(), now()
    found = links_of_case(reading(), page.case, actor, moment)
    answered = any(link.row.answered_at for link in found.links if link.closed is None)
    return {
        "links": found,
        "may_let_in": Event.HANDLE in page.steps and page.case.category_code != BEHAVIOUR,
        "may_forward": may_forward(page.case, actor) and not answered,
        "share": staff_share(page),
        **link_words(),
    }


def link_words() -> dict[str, Any]:
    """The words for what stands on links."""
    return {
        "pass_kinds": PASS_KINDS,
        "entry_kinds": ENTRY_KINDS,
        "entry_states": ENTRY_STATES,
        "decline_reasons": DECLINE_REASONS,
        "helper": PassKind.HELPER,
        "closed_words": say,
    }
