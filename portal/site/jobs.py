"""The house's own recurring work: sending messages, forgetting what nobody needs any more."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from portal.kernel import clock, jobs, messages
from portal.kernel.db import Database
from portal.kernel.delivery import KEEP_SENT, Courier, deliver_due, forget_messages
from portal.kernel.delivery_couriers import BothCouriers, FileCourier, couriers_for
from portal.kernel.i18n import in_language, in_words
from portal.kernel.idempotency import forget_keys
from portal.kernel.instance import Instance
from portal.kernel.outbox import Channel
from portal.kernel.uploads import expire_uploads
from portal.reports.service.webhooks import courier_for
from portal.site.dates import day, moment

FORGET_KEYS: Final = timedelta(days=2)


def compose(template: str, facts: Mapping[str, Any], language: str) -> str:
    """A message's words in a language; dates and names among its facts become words first."""
    with in_language(language):
        return messages.compose(template, {key: _in_words(key, facts[key]) for key in facts})


def _in_words(name: str, value: Any) -> Any:
    """``…_at`` is a moment, ``…_on`` a day (both ISO), a table holds a name in each language."""
    if isinstance(value, Mapping):
        return in_words(value)
    if name.endswith("_at") and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    if name.endswith("_on") and isinstance(value, str):
        return day(date.fromisoformat(value))
    return value


def deliver_messages(database: Database, _now: datetime) -> int:
    """Send what the outbox holds; how many left."""
    instance: Instance = database.info["instance"]
    with in_language(instance.city.default_language):
        subject = in_words(instance.city.names)
    couriers = {**couriers_for(instance.config, subject), **_webhooks(database)}
    return deliver_due(database, couriers, compose, clock.now)


def _webhooks(database: Database) -> dict[Channel, Courier]:
    """The configured receivers first, then the record of what was sent."""
    config = database.info["instance"].config
    if not config.webhooks:
        return {}
    ways: list[Courier] = [courier_for(database)]
    if config.outbox is not None:
        ways.append(FileCourier(config.outbox))
    return {Channel.WEBHOOK: BothCouriers(ways)}


def forget_old(database: Database, now: datetime) -> None:
    """Drop spent form keys, settled messages and photos that no form took."""
    with database.write() as session:
        forget_keys(session, before=now - FORGET_KEYS)
        forget_messages(session, now=now)
        expire_uploads(session, now)
    instance: Instance = database.info["instance"]
    if instance.config.outbox is not None:
        FileCourier(instance.config.outbox).forget(now - KEEP_SENT)


jobs.register("site.deliver_messages", 2, deliver_messages, lease_seconds=300)
jobs.register("site.forget_old", 3600, forget_old)
