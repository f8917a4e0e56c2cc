"""Words of calls to group robots; calls to other systems have no words but their JSON."""

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l

messages.register(
    {
        "webhook.signed": "%(body)s",
        "webhook.robot.accepted": _l(
            "**Accepted**: %(category)s, %(place)s. [%(number)s](%(link)s)"
        ),
        "webhook.robot.dispatched": _l(
            "**Given to a unit**: %(category)s, %(place)s. [%(number)s](%(link)s)"
        ),
        "webhook.robot.handled": _l(
            "**Handled, to be verified**: %(category)s, %(place)s. [%(number)s](%(link)s)"
        ),
        "webhook.robot.closed": _l("**Closed**: %(category)s, %(place)s. [%(number)s](%(link)s)"),
        "webhook.robot.reopened": _l(
            "**Sent back**: %(category)s, %(place)s. [%(number)s](%(link)s)"
        ),
    }
)
