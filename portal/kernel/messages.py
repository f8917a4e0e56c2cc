"""Words of messages: each package's ``labels.py`` registers the sentences for its templates here.

A message is queued as a template's code and facts; its words are made at delivery, in the language
of whoever receives it (see ``portal.kernel.delivery``).
"""

from collections.abc import Mapping
from typing import Any

from portal.kernel.words import Words

_TEMPLATES: dict[str, Words] = {}


def register(templates: Mapping[str, Words]) -> None:
    """Add templates, e.g. ``{"report.receipt": _l("Report %(number)s …")}``."""
    _TEMPLATES.update(templates)


def has_template(template: str) -> bool:
    """Whether some ``labels.py`` has registered the template."""
    return template in _TEMPLATES


def compose(template: str, facts: Mapping[str, Any]) -> str:
    """The text in the language now in force. Raises KeyError for an unknown template or fact."""
    return str(_TEMPLATES[template]) % dict(facts)
