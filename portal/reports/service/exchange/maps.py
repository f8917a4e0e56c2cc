"""Finding a saved map: shipped, saved by staff under a name, or somebody's own file by its path."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import new_number
from portal.reports.models import ColumnMap
from portal.reports.queries.column_maps import MapRow, saved_map, saved_maps
from portal.reports.queries.kinds import read_rows
from portal.reports.rules.column_maps import MapRefusal, MapWish, what_is_wrong_with
from portal.reports.rules.exchange import Canned, ExchangeRefusal, canned
from portal.reports.rules.layouts import Layout, Says, read_layout
from portal.reports.service.whole_city import may_in_whole_city

DATA: Final = Path(__file__).parents[2] / "data"
MAPS: Final = DATA / "maps"


@cache
def shipped_maps() -> tuple[str, ...]:
    """The names of the maps that come along."""
    return tuple(sorted(path.stem for path in MAPS.glob("*.toml")))


def load_map(name: str, *, files: bool = True) -> Layout:
    """A map by its name, or (``files``) by a path that ends in .toml. Raises Refused."""
    path = MAPS / f"{name}.toml"
    if name not in shipped_maps():
        path = Path(name)
        if not files or path.suffix != ".toml" or not path.is_file():
            raise Refused(
                ExchangeRefusal.NO_MAP,
                field="layout",
                facts={"name": name, "known": ", ".join(shipped_maps())},
            )
    try:
        return read_layout(path.stem, tomllib.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise Refused(
            ExchangeRefusal.BAD_MAP, field="layout", facts={"name": path.name, "why": str(error)}
        ) from error


def find_map(session: Session, name: str, *, files: bool = False) -> Layout:
    """A map that is shipped, or saved by staff; with ``files`` an own file too. Raises Refused."""
    saved = None if name in shipped_maps() else saved_map(session, name)
    return load_map(name, files=files) if saved is None else _read(saved)


def offered_maps(session: Session) -> list[Layout]:
    """Every map that a file may be read with today."""
    shipped = [load_map(name, files=False) for name in shipped_maps()]
    return [*shipped, *(_read(row) for row in saved_maps(session) if row.standing)]


def _read(row: MapRow) -> Layout:
    return read_layout(row.code, json.loads(row.spec))


@cache
def usual_names() -> Mapping[str, Says]:
    """What columns are usually called, and what they say then."""
    rows = read_rows("column-names.tsv", DATA)
    return {name: Says(row["says"]) for row in rows for name in row["names"].split()}


@cache
def time_formats() -> tuple[str, ...]:
    """How times may be written. Nothing is guessed, so there is one of them for each map."""
    return tuple(line for line in _lines("time-formats.txt") if line and line[0] != "#")


@cache
def _class_kinds() -> Mapping[str, str]:
    """What systems of the trade call events and components."""
    shipped = (load_map(name, files=False).class_kinds for name in shipped_maps())
    return {name: kind.value for kinds in shipped for name, kind in kinds.items()}


def save_map(session: Session, wish: MapWish, *, actor: Actor, now: datetime) -> str:
    """Keep a map under its name; its code. Of two with one name the first is kept."""
    if not may_in_whole_city(session, actor, Permission.ORDER_EXCHANGE) or actor.person_id is None:
        raise Forbidden
    for field, refusal in what_is_wrong_with(wish, time_formats()):
        raise Refused(refusal, field=field)
    code = f"map-{new_number()}"
    spec = json.dumps(wish.spec(_class_kinds()), ensure_ascii=False)
    values = {
        "code": code, "name": wish.name, "spec": spec,
        "made_by": actor.person_id, "made_at": now,
    }  # fmt: skip
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(ColumnMap).values(values).on_conflict_do_nothing()
    shipped = {*shipped_maps(), *(n for names in map_names().values() for n in names.values())}
    if wish.name in shipped or changed_rows(session, first) != 1:
        raise Refused(MapRefusal.NAME_TAKEN, field="name")
    _note(session, "orders:map", code, wish.name, actor, now)
    return code


def end_map(session: Session, code: str, *, actor: Actor, now: datetime) -> None:
    """A map is offered no more; what was read with it still names it."""
    if not may_in_whole_city(session, actor, Permission.ORDER_EXCHANGE):
        raise Forbidden
    ends = update(ColumnMap).where(ColumnMap.code == code, ColumnMap.ended_at.is_(None))
    if changed_rows(session, ends.values(ended_at=now, ended_by=actor.person_id)) != 1:
        raise Conflict(MapRefusal.GONE)
    _note(session, "orders:map-end", code, code, actor, now)


def _note(
    session: Session, action: str, code: str, reason: str, actor: Actor, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=f"map:{code}",
        reason=reason,
    )  # fmt: skip


@cache
def map_names() -> Mapping[str, Mapping[str, str]]:
    """What each shipped map is called, by language."""
    return {code: load_map(code, files=False).names for code in shipped_maps()}


@cache
def canned_replies() -> Canned:
    """The replies that are no answer, from their lists."""
    return canned(_lines("canned-greetings.txt"), _lines("canned-replies.txt"))


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()
