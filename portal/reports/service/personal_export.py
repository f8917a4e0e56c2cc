"""Personal fields in bulk: one asks, another decides, the first takes the file once.

The file is made at the moment it is taken and lies nowhere, before or after. Every reporter in it
finds both names among those who looked at her data.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import show_phone
from portal.kernel.vault import Vault
from portal.reports.models import PersonalExport
from portal.reports.queries.personal_export import (
    PAGE,
    ExportRow,
    PersonRow,
    Whose,
    export_by_number,
    people_exported,
    people_of,
    words_of,
)
from portal.reports.rules.personal_export import (
    GOOD_FOR,
    MOST_PEOPLE,
    ExportRefusal,
    ExportState,
    chosen_fields,
    has_run_out,
    why_not_days,
    why_not_decide,
)
from portal.reports.service.whole_city import may_in_whole_city


@dataclass(frozen=True)
class ExportWish:
    """What somebody wants, why, and on which legal ground."""

    purpose: str
    basis: str
    fields: tuple[str, ...]
    first: date | None
    last: date | None
    place: str = ""
    category: str | None = None


def ask_export(session: Session, wish: ExportWish, *, actor: Actor, now: datetime) -> str:
    """Ask for personal fields; the number of the wish."""
    if actor.person_id is None or not actor.may(Permission.IDENTITY_EXPORT):
        raise Forbidden
    fields, whose = _checked(session, wish, actor, now)
    people, left_out = people_of(session, whose)
    _count_refused(people)
    row = PersonalExport(
        number=new_number(),
        state=ExportState.ASKED,
        asked_by=actor.person_id,
        asked_at=now,
        purpose=wish.purpose.strip(),
        basis=wish.basis.strip(),
        fields=" ".join(fields),
        place_path=whose.place_path,
        category_code=whose.category,
        first_day=whose.first,
        last_day=whose.last,
        people=people,
        left_out=left_out,
    )
    session.add(row)
    _note(session, actor, "identity:export_ask", row.number, row.purpose, now)
    return row.number


def _count_refused(people: int) -> None:
    if not people:
        raise Refused(ExportRefusal.NOBODY)
    if people > MOST_PEOPLE:
        raise Refused(ExportRefusal.TOO_MANY, facts={"people": people, "most": MOST_PEOPLE})


def _checked(
    session: Session, wish: ExportWish, actor: Actor, now: datetime
) -> tuple[tuple[str, ...], Whose]:
    fields = chosen_fields(wish.fields)
    if not fields:
        raise Refused(ExportRefusal.NO_FIELD, field="fields")
    for name in ("purpose", "basis"):
        if not getattr(wish, name).strip():
            raise Refused(ExportRefusal.NO_WORDS, field=name)
    today = city_day(now, instance_of(session).city.zone)
    refusal = why_not_days(wish.first, wish.last, today)
    if refusal is not None or wish.first is None or wish.last is None:
        raise Refused(ExportRefusal.BAD_DAYS, field="first")
    path = _place(session, wish.place, actor)
    return fields, Whose(wish.first, wish.last, path, wish.category or None)


def _place(session: Session, code: str, actor: Actor) -> str | None:
    """The place asked for, within the reach of whoever asks."""
    found = area_by_code(session, code.strip()) if code.strip() else None
    if code.strip() and found is None:
        raise Refused(ExportRefusal.NO_SUCH_PLACE, field="place")
    path = found.path if found else None
    if _reaches(actor, path):
        return path
    scopes = actor.places_for(Permission.IDENTITY_EXPORT)
    # nobody's whole city is more than she reaches
    if path is None and scopes is not None and len(scopes) == 1:
        return scopes[0]
    raise Refused(ExportRefusal.NO_SUCH_PLACE, field="place")


def _reaches(actor: Actor, path: str | None) -> bool:
    """Whether somebody may have the personal fields of a whole place; None: of the city."""
    scopes = actor.places_for(Permission.IDENTITY_EXPORT)
    return scopes is None or (path is not None and any(path.startswith(s) for s in scopes))


def _note(
    session: Session, actor: Actor, action: str, number: str, why: str | None, now: datetime
) -> None:
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject=f"export:{number}",
        reason=why,
    )


def decide_export(
    session: Session,
    row: ExportRow,
    *,
    allow: bool | None,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Allow a wish or refuse it, once. Whoever asked never decides."""
    if not may_in_whole_city(session, actor, Permission.IDENTITY_APPROVE):
        raise Forbidden
    refusal = why_not_decide(row.asked_by, actor.person_id, actor.roles)
    if refusal is not None:
        raise Refused(refusal)
    if allow is None:
        raise Refused(ExportRefusal.NO_DECISION, field="decision")
    why = (words or "").strip()
    if not allow and not why:
        raise Refused(ExportRefusal.NO_WORDS, field="words")
    values: dict[str, Any] = {
        "state": ExportState.ALLOWED if allow else ExportState.REFUSED,
        "decided_by": actor.person_id,
        "decided_at": now,
        "refusal": None if allow else why,
        "expires_at": now + GOOD_FOR if allow else None,
    }
    _move(session, row, ExportState.ASKED, values, ExportRefusal.DECIDED_ALREADY)
    action = "identity:export_allow" if allow else "identity:export_refuse"
    _note(session, actor, action, row.number, why or row.purpose, now)


def _move(
    session: Session,
    row: ExportRow,
    before: ExportState,
    values: dict[str, Any],
    lost: ExportRefusal,
) -> None:
    claimed = (
        update(PersonalExport)
        .where(PersonalExport.number == row.number, PersonalExport.state == before)
        .values(**values)
    )
    if changed_rows(session, claimed) != 1:
        raise Conflict(lost)


def take_export(
    session: Session, number: str, *, actor: Actor, now: datetime
) -> tuple[Sequence[str], Iterator[list[object]]]:
    """The header and rows of a file that was allowed; this spends the wish.

    Whoever races for it gets it once. The rows are read as they are asked for, in the same
    transaction that says who got them.
    """
    row = export_by_number(session, number)
    if row is None or row.asked_by != actor.person_id:
        raise Missing
    # her role may have become smaller since it was allowed
    if not _reaches(actor, row.place_path):
        raise Forbidden
    if has_run_out(row.expires_at, now):
        raise Refused(ExportRefusal.RUN_OUT)
    lost = (
        ExportRefusal.NOT_ALLOWED
        if row.state in {ExportState.ASKED, ExportState.REFUSED}
        else ExportRefusal.TAKEN_ALREADY
    )
    values = {"state": ExportState.TAKEN, "taken_at": now}
    _move(session, row, ExportState.ALLOWED, values, lost)
    return ["number", "found_at", *_columns(row.chosen)], _rows(session, row, actor, now)


def _columns(fields: Iterable[str]) -> list[str]:
    names = {"point": ["lon", "lat"]}
    return [column for name in fields for column in names.get(name, [name])]


def _rows(session: Session, row: ExportRow, actor: Actor, now: datetime) -> Iterator[list[object]]:
    whose = Whose(row.first_day, row.last_day, row.place_path, row.category_code)
    count = 0
    for some in _portions(people_exported(session, whose)):
        known = _Known.of(session, some, row.chosen)
        for one in some:
            # whoever reported or joined since it was allowed is not among those it was allowed for
            if row.decided_at is None or max(one.found_at, one.came_at) > row.decided_at:
                continue
            _show_looks(session, row, one, actor, now)
            count += 1
            yield known.cells(one)
    session.execute(
        update(PersonalExport).where(PersonalExport.number == row.number).values(rows=count)
    )
    why = f"{row.purpose} · {row.basis} · {row.fields} · {count}"
    _note(session, actor, "identity:export", row.number, why, now)


def _portions(rows: Iterator[PersonRow]) -> Iterator[list[PersonRow]]:
    some: list[PersonRow] = []
    for row in rows:
        some.append(row)
        if len(some) == PAGE:
            yield some
            some = []
    yield some


def _show_looks(
    session: Session, row: ExportRow, one: PersonRow, actor: Actor, now: datetime
) -> None:
    """She sees who got her data and who allowed it, and what for."""
    if one.person_id is None:
        return
    people = ((actor.person_id, "identity:export"), (row.decided_by, "identity:export_allow"))
    for person_id, action in people:
        note_action(
            session,
            at=now,
            actor_id=person_id,
            action=action,
            subject=f"case:{one.number}",
            person_id=one.person_id,
            reason=row.purpose,
        )


@dataclass(frozen=True)
class _Known:
    """What is needed to write some rows."""

    vault: Vault
    fields: Sequence[str]
    names: dict[UUID, str]
    phones: dict[UUID, str]
    words: dict[UUID, str]

    @classmethod
    def of(cls, session: Session, rows: list[PersonRow], fields: Sequence[str]) -> "_Known":
        ids = {row.person_id for row in rows if row.person_id}
        people = people_by_ids(session, ids) if ids and "name" in fields else {}
        return cls(
            vault=instance_of(session).vault,
            fields=fields,
            names={key: person.display_name for key, person in people.items()},
            phones=phones_of(session, ids) if ids and "phone" in fields else {},
            words=words_of(session, rows) if "words" in fields else {},
        )

    def cells(self, row: PersonRow) -> list[object]:
        """One line: only the fields that were allowed."""
        own = row.person_id
        name = self._open(row.sealed_name) or (self.names.get(own, "") if own else "")
        phone = self._open(row.sealed_phone) or (self.phones.get(own, "") if own else "")
        known: dict[str, list[object]] = {
            "name": [name],
            "phone": [show_phone(phone) if phone else ""],
            "words": [self.words.get(row.case_id, "") if row.began else ""],
            "point": [row.lon, row.lat] if row.began else ["", ""],
        }
        told = [cell for name in self.fields for cell in known[name]]
        return [row.number, row.found_at.isoformat(timespec="minutes"), *told]

    def _open(self, sealed: str | None) -> str:
        return self.vault.unseal(sealed) if sealed else ""
