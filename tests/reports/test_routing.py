"""Routing against the database: what may be given to whom, who supports, and what is kept of it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.areas.rules import Keeper
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.kernel.uploads import KeptPhotos
from portal.organisations.rules import OrganisationKind
from portal.organisations.service import end_organisation
from portal.reports.models import CaseCoUnit
from portal.reports.queries.desk import desk_page
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import Event, State
from portal.reports.rules.desk import Task
from portal.reports.rules.routing import (
    ENFORCEMENT_CONDUCT,
    Basis,
    CaseKey,
    RoutingRefusal,
)
from portal.reports.service.attributes import set_attributes
from portal.reports.service.batches import Asked, do_batch, plan_batch, undo_batch
from portal.reports.service.co_units import confirm_receipt
from portal.reports.service.desk import open_case
from portal.reports.service.handling import handle_case, take_step
from portal.reports.service.loop import case_as_seen
from portal.reports.service.proposals import kinds_today, proposals_for
from portal.reports.service.responsibilities import end_responsibility
from portal.reports.service.routing import way_of
from portal.reports.service.way import legs_of, times_passed_on
from tests.make import accounts, reports
from tests.make.organisations import unit
from tests.make.reports import NOW, desk, handler, row_of
from tests.make.routing import allow, rule, town


def test_r070_r223_a_dispatch_to_a_community_is_refused_unless_its_list_has_the_kind(
    database: Database,
) -> None:
    with town(database) as here:
        case = here.case()
        with pytest.raises(Refused) as refused:
            here.give(case, here.committee)
        assert (refused.value.code, refused.value.field) == (RoutingRefusal.NOT_ADMITTED, "unit")
        # several at once: neither offered nor done, and each says why
        wish = Wish(case.number, case.version, here.committee.id)
        asked = Asked(BatchAction.DISPATCH, [case.number], unit_id=here.committee.id)
        plan = plan_batch(here.session, desk(), asked, now=NOW)
        assert [line.refusal for line in plan.lines] == [RoutingRefusal.NOT_ADMITTED]
        number = do_batch(here.session, desk(), BatchAction.DISPATCH, [wish], now=NOW)
        assert row_of(here.session, case).state is State.FILED
        assert number
        # nor is it proposed, however near it is and however often it did such work
        row = row_of(here.session, case)
        kinds = kinds_today(here.session, NOW)
        offered = proposals_for(here.session, row, [], set(), kinds, desk(), NOW)
        assert here.committee.id not in offered.units
        allow(here.session, "A1", category="litter", area_code="370283001")
        assert here.give(case, here.committee).unit_id == here.committee.id
        # in another street nothing was admitted
        other = reports.case(here.session, here.tree["370283002001"], state=State.FILED)
        far = unit(
            here.session, "JW2", kind=OrganisationKind.COMMITTEE, area=here.tree["370283002001"]
        )
        with pytest.raises(Refused):
            here.give(other, far)


def test_r111_a_complaint_about_enforcement_goes_to_inspection_and_never_to_whom_it_is_about(
    database: Database,
) -> None:
    with town(database) as here:
        conduct = here.case(ENFORCEMENT_CONDUCT)
        # before anybody is named, it must be known about whom it is
        with pytest.raises(Refused) as refused:
            here.give(conduct, here.office)
        assert refused.value.code is RoutingRefusal.COMPLAINED_UNKNOWN
        rule(here.session, "R1", "DC", category=ENFORCEMENT_CONDUCT)
        for wrong in (here.office, here.bureau, here.team):
            with pytest.raises(Refused) as refused:
                here.give(conduct, wrong)
            assert refused.value.code is RoutingRefusal.INSPECTION_ONLY
        assert here.give(conduct, here.inspectors).unit_id == here.inspectors.id
        # of any other matter too: whom it is about, and who belongs to it, gets nothing
        rule(here.session, "R2", "CG", category="litter")
        about = here.case()
        row, known = row_of(here.session, about), {CaseKey.UNIT_COMPLAINED_OF: "CG"}
        set_attributes(here.session, row, known, actor=desk(), now=NOW)
        for wrong in (here.bureau, here.team):
            with pytest.raises(Refused) as refused:
                here.give(about, wrong)
            assert refused.value.code is RoutingRefusal.COMPLAINED_OF
        way = way_of(here.session, row, NOW)
        assert (way.route.row, way.route.unit_id) == (None, here.office.id)
        with pytest.raises(Refused):
            here.give(about, here.office, co_unit_ids=[here.team.id])


def test_r004_a_list_that_names_a_unit_that_ended_means_its_successor(database: Database) -> None:
    with town(database) as here:
        rule(here.session, "R1", "CG", category="litter")
        heir = unit(here.session, "NEW-CG", area=here.tree["370283"])
        about = here.case()
        row = row_of(here.session, about)
        assert way_of(here.session, row, NOW).route.unit_id == here.bureau.id
        city, on = Keeper(None, None), date(2026, 11, 1)
        end_organisation(here.session, city, "CG", on=on, successor_code="NEW-CG", now=NOW)
        assert way_of(here.session, row, NOW).route.unit_id == heir.id
        # a complaint about the old unit goes no more to the new one than it went to the old
        known = {CaseKey.UNIT_COMPLAINED_OF: "CG"}
        set_attributes(here.session, row, known, actor=desk(), now=NOW)
        with pytest.raises(Refused) as refused:
            here.give(about, heir)
        assert refused.value.code is RoutingRefusal.COMPLAINED_OF


def test_the_list_comes_first_and_the_habit_second_each_with_its_reason(
    database: Database,
) -> None:
    with town(database) as here:
        for _ in range(4):
            here.case(state=State.HANDLED, unit=here.bureau)
        row, kinds = row_of(here.session, here.case()), kinds_today(here.session, NOW)
        habit = proposals_for(here.session, row, [], set(), kinds, desk(), NOW).unit
        assert habit is not None
        assert (habit.unit_id, habit.times, habit.listed) == (here.bureau.id, 4, False)
        rule(here.session, "R1", "street_office", "SZ", category="litter")
        found = proposals_for(here.session, row, [], set(), kinds, desk(), NOW)
        assert found.unit is not None
        assert (found.unit.unit_id, found.unit.listed) == (here.office.id, True)
        assert next(iter(found.units)) == here.office.id
        # whom it was returned by is not proposed again
        again = proposals_for(here.session, row, [], {here.office.id}, kinds, desk(), NOW).unit
        assert again is not None
        assert (again.unit_id, again.listed) == (here.bureau.id, False)


def test_r031_co_units_read_answer_and_note_but_only_the_lead_hands_in(database: Database) -> None:
    with town(database) as here:
        accounts.staff(here.session, "handling_unit", organisation=here.roads)
        rule(here.session, "R1", "street_office", "SZ", category="litter")
        case = here.case()
        given = here.give(case, here.office)
        told = here.session.scalars(select(OutboxMessage.template)).all()
        assert "desk.supports" in told
        co, lead = handler(here.roads), handler(here.office)
        page = open_case(here.session, case.number, co, NOW)
        assert (page.insider, page.may_look, page.who.co_unit_id) == (False, False, here.roads.id)
        assert page.steps == {Event.RESPOND, Event.NOTE}
        listed = desk_page(here.session, co, Task.SUPPORT, NOW).rows
        assert [row.number for row in listed] == [case.number]
        with pytest.raises(Forbidden):
            handle_case(here.session, given, actor=co, now=NOW, words="做完了", photos=KeptPhotos())
        take_step(here.session, given, Event.NOTE, actor=co, now=NOW, words="管线在图上")
        shown = open_case(here.session, case.number, lead, NOW)
        assert "管线在图上" in {text.text for text in shown.texts}
        # a stranger's unit sees nothing, and who supports does not verify
        with pytest.raises(Missing):
            case_as_seen(here.session, case.number, handler(here.bureau))
        # given to somebody else without it: it may not read any more
        here.give(case, here.bureau, co_unit_ids=[])
        with pytest.raises(Missing):
            case_as_seen(here.session, case.number, co)


def test_r188_a_copy_has_a_receipt_and_an_opinion_and_the_first_look_counts(
    database: Database,
) -> None:
    with town(database) as here:
        case = here.case()
        given = here.give(case, here.office, co_unit_ids=[here.roads.id])
        co, later = handler(here.roads), NOW + timedelta(hours=1)
        confirm_receipt(here.session, given, actor=co, words=None, now=NOW)
        confirm_receipt(here.session, given, actor=co, words="同意，先清运", now=later)
        row = here.session.scalars(select(CaseCoUnit)).one()
        assert (row.seen_at, row.opinion_at) == (NOW, later)
        page = open_case(here.session, case.number, handler(here.office), later)
        assert [text.text for text in page.texts if text.text == "同意，先清运"]
        with pytest.raises(Refused) as refused:
            confirm_receipt(here.session, given, actor=handler(here.office), words=None, now=later)
        assert refused.value.code is RoutingRefusal.NO_CO_UNIT


def test_an_undone_dispatch_takes_its_co_units_and_its_way_back(database: Database) -> None:
    with town(database) as here:
        rule(here.session, "R1", "street_office", "SZ", category="litter")
        case = here.case()
        clerk = desk()
        wish = Wish(case.number, case.version, here.office.id)
        number = do_batch(here.session, clerk, BatchAction.DISPATCH, [wish], now=NOW)
        assert case_as_seen(here.session, case.number, handler(here.roads))
        undo_batch(here.session, number, clerk, now=NOW + timedelta(minutes=2))
        with pytest.raises(Missing):
            case_as_seen(here.session, case.number, handler(here.roads))
        assert legs_of(here.session, row_of(here.session, case)) == []
        waiting = select(func.count()).select_from(OutboxMessage)
        waiting = waiting.where(OutboxMessage.template == "desk.supports")
        assert here.session.scalar(waiting) == 0


def test_why_it_went_where_it_went_is_kept_as_the_list_stood(database: Database) -> None:
    with town(database) as here:
        case = here.case()
        here.give(case, here.office)
        rule(here.session, "R1", "CG", category="litter")
        take_step(
            here.session, row_of(here.session, case), Event.RETURN,
            actor=handler(here.office), now=NOW, reason=reports._REASONS[Event.RETURN],
        )  # fmt: skip
        here.give(case, here.bureau)
        here.give(case, here.roads)
        end_responsibility(here.session, Keeper(None, None), "R1", on=date(2027, 1, 1), now=NOW)
        found = legs_of(here.session, row_of(here.session, case))
        assert [leg.basis for leg in found] == [Basis.NOBODY_NAMED, Basis.LISTED, Basis.CHOSEN]
        assert [leg.row.code if leg.row else None for leg in found] == [None, "R1", "R1"]
        assert found[0].returned_at == NOW
        assert times_passed_on(found) == 2


def test_what_the_desk_enters_decides_and_every_change_is_in_the_audit(database: Database) -> None:
    with town(database) as here:
        rule(here.session, "R1", "street_office", category="litter")
        rule(here.session, "R2", "SZ", category="litter", area_over=500)
        row = row_of(here.session, here.case())
        clerk = desk()

        def enter(text: str) -> UUID | None:
            values = {CaseKey.AREA_M2: text}
            set_attributes(here.session, row, values, actor=clerk, now=NOW)
            return way_of(here.session, row, NOW).route.unit_id

        assert [enter("501"), enter("500"), enter("")] == [
            here.roads.id,
            here.office.id,
            here.office.id,
        ]
        with pytest.raises(Refused) as refused:
            enter("很大")
        assert (refused.value.code, refused.value.field) == (RoutingRefusal.BAD_AREA, "area_m2")
        noted = select(AuditEntry.reason).where(AuditEntry.action == "case:attribute")
        assert here.session.scalars(noted.order_by(AuditEntry.id)).all() == [
            "area_m2: – → 501",
            "area_m2: 501 → 500",
            "area_m2: 500 → –",
        ]
        with pytest.raises(Forbidden):
            set_attributes(here.session, row, {}, actor=handler(here.office), now=NOW)
