"""Words for the rules of the ledger: what a version says, field by field."""

from collections.abc import Mapping

from credit.rules.rulebook import Rule, RuleClass
from portal.accounts.labels import register_actions, role_in_words
from portal.accounts.rules import roles
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.words import Words, register

RULE_CLASSES: Mapping[RuleClass, Words] = {
    RuleClass.POSITIVE: _l("Gives points"),
    RuleClass.HONOUR: _l("Honours"),
    RuleClass.DEDUCTION: _l("Deductions"),
}
RULE_FIELDS: Mapping[str, Words] = {
    "rule_class": _l("Kind of rule"),
    "title": _l("For what"),
    "points": _l("Points"),
    "life_days": _l("How long they last"),
    "source_text": _l("Where it is written"),
    "evidence": _l("Evidence needed"),
    "proposers": _l("Who may propose it"),
}
register(RULE_CLASSES)
register_actions({"rule:publish": _l("Rule of the ledger published")})


def rule_words(rule: Rule) -> dict[str, str]:
    """Every word of a version as people read it, by field."""
    return {
        "rule_class": str(RULE_CLASSES[rule.rule_class]),
        "title": rule.title,
        "points": points_words(rule),
        "life_days": life_words(rule),
        "source_text": rule.source_text,
        "evidence": rule.evidence,
        "proposers": proposer_words(rule.proposers),
    }


def points_words(rule: Rule) -> str:
    """What it gives each time; nothing ends the rule."""
    if rule.points == 0:
        return str(_("nothing any more: the rule ends"))
    return str(ngettext("%(num)s point each time", "%(num)s points each time", rule.points))


def life_words(rule: Rule) -> str:
    """How long what is earned can be spent."""
    if rule.life_days is None:
        return str(_("without end"))
    return str(ngettext("%(num)s day", "%(num)s days", rule.life_days))


def proposer_words(codes: str) -> str:
    """The names of the roles that may propose; spaces or commas stand between their codes."""
    gone = str(_("an office that is no more"))
    known = codes.replace(",", " ").split()
    names = [role_in_words(code) if code in roles() else gone for code in known]
    return str(_(", ")).join(names) if names else str(_("nobody needs to: the portal counts it"))
