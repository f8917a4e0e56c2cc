"""Telling other systems what happens to cases: queued with the step, public facts only.

A matter that the public may not see is not told at all; of one aimed at a person or a shop a call
holds no more than its public page (law P5).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.config import Webhook
from portal.kernel.db import Database, changed_rows
from portal.kernel.delivery import DeliveryFailed, Letter
from portal.kernel.errors import Missing
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.webhooks import Call, Caller, check_wecom, wecom_body
from portal.reports.models import WebhookDelivery, WebhookState
from portal.reports.queries.case import CaseRow
from portal.reports.queries.public import kinds
from portal.reports.rules.batches import tells_at
from portal.reports.rules.codes import Event, State
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.rules.transitions import public_state
from portal.reports.rules.webhooks import KEEP_DELIVERIES, MOST_FAILURES, Told, told_by

# what the desk can undo for a while
_UNDONE = frozenset({Told.ACCEPTED, Told.DISPATCHED})

log = structlog.get_logger("gongzhi.webhooks")


def announce_step(
    session: Session, moved: CaseRow, event: Event, *, before: State, now: datetime
) -> None:
    """Queue a call to everybody who is told of such a step at this place."""
    told = told_by(event, before)
    hooks = instance_of(session).config.webhooks
    if told is None or not hooks or not moved.listed:
        return
    codes = moved.place_path.split("/")
    wanted = [h for h in hooks if told in h.events and (h.place is None or h.place in codes)]
    stopped = stopped_names(session) if wanted else set()
    for hook in wanted:
        if hook.name not in stopped:
            _post(session, hook, moved, told, now)


def _post(session: Session, hook: Webhook, moved: CaseRow, told: Told, now: datetime) -> None:
    facts = _public_facts(session, moved)
    if not hook.robot:
        facts = {"body": json.dumps(_payload(facts, moved, told, now), ensure_ascii=False)}
    post_message(
        session,
        channel=Channel.WEBHOOK,
        to=hook.name,
        template=f"webhook.robot.{told.value}" if hook.robot else "webhook.signed",
        facts=facts,
        now=now,
        language=instance_of(session).city.default_language,
        due_at=tells_at(now, urgent=moved.urgent) if told in _UNDONE else now,
        # with the other messages of the case: undone with it, let go when somebody goes on with it
        subject=f"case:{moved.number}",
    )


def _public_facts(session: Session, moved: CaseRow) -> dict[str, Any]:
    """What the public page says at most: kind, places as public as the kind allows, address."""
    kind = kinds(session).get(moved.category_code)
    codes = public_codes(moved.place_path, kind.publicity if kind else STRICTEST)
    areas = areas_by_codes(session, codes)
    known = [areas[code] for code in codes if code in areas]
    return {
        "number": moved.number,
        "category": dict(kind.names) if kind else {},
        "place": _name(known),
        "places": list(codes),
        "link": f"{instance_of(session).config.origin}/reports/{moved.number}",
    }


def _name(areas: Iterable[AreaRow]) -> Mapping[str, str]:
    names: Mapping[str, str] = {}
    for area in areas:
        names = area.names
    return dict(names)


def _payload(facts: Mapping[str, Any], moved: CaseRow, told: Told, now: datetime) -> dict[str, Any]:
    return {
        "event": told.value,
        "at": now.isoformat(),
        "case": {
            "number": moved.number,
            "category": moved.category_code,
            "places": facts["places"],
            "state": public_state(moved.state).value,
            "url": facts["link"],
        },
    }


def stopped_names(session: Session) -> set[str]:
    """Receivers that failed too often in a row, and are told nothing until somebody looks."""
    found = session.scalars(select(WebhookState.name).where(WebhookState.stopped_at.is_not(None)))
    return set(found)


@dataclass(frozen=True)
class Receiver:
    """A receiver as the configuration names it, and how it does."""

    name: str
    host: str
    failures: int
    stopped: bool
    error: str | None


def receivers(session: Session) -> list[Receiver]:
    """Every configured receiver, with the error of its last call, if that failed."""
    states = {row.name: row for row in session.scalars(select(WebhookState))}
    return [
        Receiver(
            name=hook.name,
            host=hook.host,
            failures=states[hook.name].failures if hook.name in states else 0,
            stopped=hook.name in states and states[hook.name].stopped_at is not None,
            error=states[hook.name].error if hook.name in states else None,
        )
        for hook in instance_of(session).config.webhooks
    ]


@dataclass(frozen=True)
class WebhookCourier:
    """Makes the calls that the outbox holds, and keeps how each ended."""

    database: Database
    caller: Caller

    def send(self, letter: Letter) -> None:
        instance: Instance = self.database.info["instance"]
        hook = next((h for h in instance.config.webhooks if h.name == letter.to), None)
        if hook is None:
            raise DeliveryFailed("the receiver is not configured any more")
        with self.database.read() as session:
            if hook.name in stopped_names(session):
                raise DeliveryFailed("the receiver was stopped after too many failures")
        error = self._call(hook, letter)
        with self.database.write() as session:
            _settle(session, hook.name, letter, error)
        if error is not None:
            raise DeliveryFailed(error)

    def _call(self, hook: Webhook, letter: Letter) -> str | None:
        """Why a call failed, or None."""
        body = wecom_body(letter.text) if hook.robot else letter.text.encode()
        call = Call(hook.url, body, letter.at, hook.secret, letter.id.hex)
        try:
            answer = self.caller.send(call)
            if hook.robot:
                check_wecom(answer)
        except DeliveryFailed as failure:
            return str(failure)
        except OSError as failure:
            # its words may hold the address, which may hold a key
            return f"no connection: {type(failure).__name__}"
        return None


def courier_for(database: Database) -> WebhookCourier:
    """The courier of the configured receivers: it speaks to their hosts and no others."""
    instance: Instance = database.info["instance"]
    hosts = frozenset(hook.host for hook in instance.config.webhooks)
    return WebhookCourier(database, Caller(hosts))


def _settle(session: Session, name: str, letter: Letter, error: str | None) -> None:
    """Count failures in a row in the database itself: several workers may send at once."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    error = error[:200] if error else None
    failed = error is not None
    made = dialect.insert(WebhookState).values(
        name=name, failures=int(failed), stopped_at=None,
        answered_at=None if failed else letter.at, error=error,
    )  # fmt: skip
    failures = WebhookState.failures + 1
    stopped = case((failures >= MOST_FAILURES, letter.at), else_=None)
    values: dict[str, Any] = {"failures": 0, "answered_at": letter.at, "error": None}
    if failed:
        values = {"failures": failures, "stopped_at": stopped, "error": error}
    session.execute(made.on_conflict_do_update(index_elements=[WebhookState.name], set_=values))
    session.add(
        WebhookDelivery(
            name=name, letter_id=letter.id, at=letter.at, ok=not failed,
            error=error,
        )
    )  # fmt: skip
    if failed:
        log.warning("a call failed", receiver=name, reason=error)


def resume(session: Session, name: str) -> None:
    """Tell a stopped receiver again from now on. Raises Missing."""
    again = update(WebhookState).where(WebhookState.name == name)
    if changed_rows(session, again.values(failures=0, stopped_at=None)) != 1:
        raise Missing(f"{name} was never stopped.")


def forget_deliveries(session: Session, *, now: datetime) -> None:
    """Drop the record of old calls."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.at < now - KEEP_DELIVERIES))
