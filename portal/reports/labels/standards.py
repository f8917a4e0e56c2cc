"""Words of the library of standards."""

from collections.abc import Mapping

from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words
from portal.reports.rules.standards import CitedRule, StandardKind

STANDARD_KINDS: Mapping[StandardKind, Words] = {
    StandardKind.LAW: _l("Law"),
    StandardKind.REGULATION: _l("Regulation of the State Council"),
    StandardKind.RULE: _l("Rule of a ministry"),
    StandardKind.STANDARD: _l("Standard of the trade"),
}


def rule_words(rule: CitedRule) -> str:
    """A citation as people write it: the text, its number, and the article where one is meant."""
    name, number = in_words(rule.standard.names), rule.standard.number
    if rule.article is None:
        return _("%(name)s (%(number)s)", name=name, number=number)
    return _("%(name)s (%(number)s), article %(article)s", name=name, number=number,
             article=rule.article)  # fmt: skip
