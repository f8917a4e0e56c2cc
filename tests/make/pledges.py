"""Pledges for tests: doors of a street, who runs them, texts, plaques, what was signed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import (
    Breach,
    BreachAnswer,
    BreachEvent,
    Clause,
    ClauseSet,
    ClauseVersion,
    DutyNotice,
    Inspection,
    InspectionAnswer,
    Plaque,
    PlaqueBatch,
    PlaqueBinding,
    Pledge,
    PledgeTick,
    Premises,
    PremisesImport,
    PremisesOperator,
    VisitPlan,
    VisitPlanStop,
)
from pledges.rules.breaches import AnswerKind, BreachStep
from pledges.rules.clauses import Axis, Letter
from pledges.rules.inspections import Body, Finding
from pledges.rules.plaques import PlaqueState
from pledges.rules.premises import PremisesKind, PremisesState
from pledges.rules.signing import NoticeWay, SigningWay, Who
from portal.areas.models import Area
from portal.areas.rules import codes_of
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of

# a Monday, 08:00 in the city
NOW = datetime(2026, 11, 30, tzinfo=UTC)
TODAY = date(2026, 11, 30)
PHONE = "+8613900000017"
# one for each axis; what they say does not matter to most tests
CLAUSES = (
    ("swept", Axis.CLEAN, "门前清扫干净", "每天把门前扫干净。"),
    ("trees", Axis.GREEN, "爱护门前树木花草", "不在树上挂东西。"),
    ("no_overflow", Axis.ORDER, "不店外经营", "东西不摆到门外。"),
    ("lamps", Axis.LIGHT, "灯箱完好", "灯坏了及时修。"),
)


def district_of(area: Area) -> str:
    """The district in whose keys the rows of a place stand."""
    return codes_of(area.path)[0]


def premises(session: Session, area: Area, door: str = "12号", **changes: Any) -> Premises:
    """An open shop at a door, with its duty area in words."""
    road = changes.get("road", "胜利路")
    values: dict[str, Any] = {
        "district": district_of(area), "kind": PremisesKind.SHOP, "state": PremisesState.OPEN,
        "title": "东阁早点铺", "trade": "food", "road": road, "door": door,
        "door_key": f"{area.path}{road}{door}", "area_id": area.id, "place_path": area.path,
        "duty_words": "从店门到路沿石，左右到相邻店铺的中线", "duty_version": 1, "listed_on": TODAY,
        "updated_at": NOW,
    }  # fmt: skip
    row = Premises(**values | changes)
    session.add(row)
    session.flush()
    return row


def premises_import(session: Session, area: Area) -> PremisesImport:
    """A table with one line that was taken in."""
    row = PremisesImport(place_path=area.path, lines=1, made_at=NOW)
    session.add(row)
    session.flush()
    premises(session, area, "71号", import_id=row.id)
    return row


def operator(session: Session, of: Premises, **changes: Any) -> PremisesOperator:
    """A sole trader who runs a place, with a phone on the register and no account."""
    vault = instance_of(session).vault
    phone = changes.pop("phone", PHONE)
    values: dict[str, Any] = {
        "district": of.district, "premises_id": of.id, "sole_trader": True,
        "sealed_name": vault.seal("王秀英"), "sealed_phone": vault.seal(phone),
        "phone_hash": vault.keyed_hash("phone", phone), "starts_on": TODAY, "entered_at": NOW,
    }  # fmt: skip
    if changes.get("person_id") is not None:
        values["speaks_since"] = NOW
    row = PremisesOperator(**values | changes)
    session.add(row)
    session.flush()
    return row


def clauses(
    session: Session, area: Area, code: str = "three", **changes: Any
) -> tuple[ClauseVersion, list[Clause]]:
    """A published version of a set for a place, with one clause for each axis."""
    values: dict[str, Any] = {
        "code": code, "letter": Letter.FRONTAGE, "extra": False, "area_id": area.id,
        "place_path": area.path, "name_zh_hans": "门前三包", "name_zh_hant": "門前三包",
        "name_en": "Frontage pledge",
    }  # fmt: skip
    kept = ClauseSet(**values | changes)
    session.add(kept)
    session.flush()
    version = ClauseVersion(
        set_id=kept.id, version=1, effective_from=TODAY - timedelta(days=30), source="测试",
        written_at=NOW, published_at=NOW, digest="d" * 64,
    )  # fmt: skip
    session.add(version)
    session.flush()
    rows = [
        Clause(
            version_id=version.id, position=at, code=name, axis=axis, pictogram=name,
            text_zh_hans=said, text_zh_hant=said, text_en=name,
            plain_zh_hans=plain, plain_zh_hant=plain, plain_en=name,
        )
        for at, (name, axis, said, plain) in enumerate(CLAUSES, 1)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return version, rows


def clause_draft(session: Session, area: Area, code: str) -> None:
    """A set with a version that is published, and the next one as a draft with a clause in Dai."""
    published, _rows = clauses(session, area, code)
    version = ClauseVersion(
        set_id=published.set_id, version=2, effective_from=TODAY, source="测试", written_at=NOW
    )
    session.add(version)
    session.flush()
    session.add(
        Clause(
            version_id=version.id, position=1, code="swept", axis=Axis.CLEAN, pictogram="litter",
            text_zh_hans="门前每天清扫两次", text_zh_hant="門前每天清掃兩次", text_en="Swept twice",
            text_khb="ᦎᦱ", plain_zh_hans="扫两次。", plain_zh_hant="掃兩次。", plain_en="Twice.",
        )
    )  # fmt: skip
    session.flush()


def plaque(session: Session, area: Area) -> Plaque:
    """A plaque that was issued and hangs nowhere."""
    batch = PlaqueBatch(area_id=area.id, place_path=area.path, plaques=1, made_at=NOW)
    session.add(batch)
    session.flush()
    row = Plaque(batch_id=batch.id, district=district_of(area), issued_at=NOW)
    session.add(row)
    session.flush()
    return row


def hang(
    session: Session, one: Plaque, at: Premises, by: PremisesOperator | None = None
) -> PlaqueBinding:
    """Bind a plaque to a door."""
    one.state = PlaqueState.BOUND
    row = PlaqueBinding(
        district=at.district, code=one.code, premises_id=at.id,
        operator_id=by.id if by else None, bound_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def notice(session: Session, to: PremisesOperator) -> DutyNotice:
    """The duty area as an operator received it."""
    row = DutyNotice(
        district=to.district, premises_id=to.premises_id, operator_id=to.id, duty_version=1,
        area_text="从店门到路沿石", way=NoticeWay.SCREEN, given_at=NOW, received_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def pledge(
    session: Session,
    by: PremisesOperator,
    text: tuple[ClauseVersion, list[Clause]],
    *,
    place_path: str,
    signer_id: UUID | None = None,
    **changes: Any,
) -> Pledge:
    """A pledge in force as if it had been signed by a code, everything ticked."""
    version, lines = text
    values: dict[str, Any] = {
        "district": by.district, "letter": Letter.FRONTAGE, "premises_id": by.premises_id,
        "operator_id": by.id, "place_path": place_path, "version_id": version.id,
        "notice_id": notice(session, by).id, "way": SigningWay.CODE, "language": "zh_Hans",
        "signer_id": signer_id, "sealed_signature": instance_of(session).vault.seal("王秀英"),
        "signed_at": NOW, "salt": "5" * 32, "digest": "e" * 64,
    }  # fmt: skip
    row = Pledge(**values | changes)
    session.add(row)
    session.flush()
    session.add_all(
        PledgeTick(district=row.district, pledge_id=row.id, clause_id=one.id) for one in lines
    )
    session.flush()
    return row


def inspection(
    session: Session,
    of: Pledge,
    lines: list[Clause],
    *,
    broken: str = "",
    at: datetime = NOW,
    **changes: Any,
) -> Inspection:
    """A look at a frontage by the street; ``broken`` is the code of what is not kept."""
    values: dict[str, Any] = {
        "district": of.district, "premises_id": of.premises_id, "operator_id": of.operator_id,
        "pledge_id": of.id, "version_id": of.version_id, "place_path": of.place_path,
        "body": Body.STREET, "inspector_id": new_id(), "at": at, "sent_at": at,
    }  # fmt: skip
    row = Inspection(**values | changes)
    session.add(row)
    session.flush()
    for one in lines:
        finding = Finding.NOT_KEPT if one.code == broken else Finding.KEPT
        session.add(
            InspectionAnswer(
                district=row.district, inspection_id=row.id, clause_id=one.id, finding=finding
            )
        )
    session.flush()
    return row


def breach(session: Session, found: Inspection, of: Clause, **changes: Any) -> Breach:
    """A breach that was reminded of."""
    values: dict[str, Any] = {
        "district": found.district, "premises_id": found.premises_id,
        "operator_id": found.operator_id, "pledge_id": found.pledge_id,
        "inspection_id": found.id, "clause_id": of.id, "place_path": found.place_path,
        "opened_at": found.at,
    }  # fmt: skip
    row = Breach(**values | changes)
    session.add(row)
    session.flush()
    return row


def answer(session: Session, to: Breach, **changes: Any) -> BreachAnswer:
    """An appeal of whoever speaks for the shop."""
    values: dict[str, Any] = {
        "district": to.district, "breach_id": to.id, "kind": AnswerKind.APPEAL,
        "sealed_words": instance_of(session).vault.seal("当天店里没有营业"), "at": NOW,
    }  # fmt: skip
    row = BreachAnswer(**values | changes)
    session.add(row)
    session.flush()
    return row


def step(session: Session, of: Breach, reason: str) -> BreachEvent:
    """The reminder with which a breach began."""
    row = BreachEvent(
        district=of.district, breach_id=of.id, step=BreachStep.REMIND, who=Who.STAFF,
        actor_id=new_id(), at=of.opened_at, reason=reason,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def visit_plan(session: Session, to: Premises, area: Area) -> VisitPlan:
    """A plan of inspections with one stop."""
    row = VisitPlan(
        district=to.district, title="十二月检查", area_id=area.id, place_path=area.path,
        body=Body.STREET, starts_on=TODAY, ends_on=TODAY + timedelta(days=30), made_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(VisitPlanStop(district=to.district, plan_id=row.id, premises_id=to.id, position=1))
    session.flush()
    return row


def door_of(session: Session, number: str) -> Premises:
    """The place with a number."""
    return session.scalars(select(Premises).where(Premises.number == number)).one()
