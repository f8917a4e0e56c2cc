"""The short text with a link that people paste into a group of theirs."""

from portal.kernel.i18n import gettext as _


def public_share(kind: str, street: str, step: str, url: str) -> str:
    """What anybody may pass on: the kind, the sub-district, the step, and where to read more."""
    words = " · ".join(part for part in (kind, street, step) if part)
    return str(_("%(words)s\n%(url)s", words=words, url=url))


def desk_share(number: str, public: str, url: str) -> str:
    """For the group of those who work on it: what is public, and the link that needs sign-in."""
    begin = public or str(_("Matter %(number)s", number=number))
    return str(_("%(text)s\nFor staff, after signing in: %(url)s", text=begin, url=url))
