"""Many cases at one press, without pages: what the service itself refuses and undoes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.models import Case, CaseText, DeskBatchCase
from portal.reports.queries.case import case_by_number
from portal.reports.rules.batches import BatchAction, BatchRefusal, Wish
from portal.reports.rules.codes import Review, State, Target
from portal.reports.rules.transitions import Refusal
from portal.reports.service.batches import do_batch, undo_batch
from portal.reports.service.handling import reclassify_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.security.town import COMMUNITY

LATER = reports.NOW + timedelta(hours=8)


class Streets:
    """Two streets without pages: what the service says by itself."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            self.tree = small_tree(session)
            self.unit = unit(session, "CLEAN", area=self.tree["370283"]).id
            self.number = reports.case(session, self.tree[COMMUNITY], phone="13800001284").number
        self.clerk = reports.desk(self.tree["370283001"].path)

    def do(self, action: BatchAction, **more: Any) -> str:
        with self.database.write() as session:
            row = case_by_number(session, self.number)
            assert row is not None
            wanted = Wish(self.number, row.version, **more)
            return do_batch(session, self.clerk, action, [wanted], now=LATER)

    def outcome(self) -> tuple[str | None, str | None]:
        with self.database.read() as session:
            row = session.scalars(select(DeskBatchCase)).one()
            return row.refusal, row.kept


def test_undo_asks_for_the_place_again_and_leaves_the_messages_alone(database: Database) -> None:
    streets = Streets(database)
    number = streets.do(BatchAction.ACCEPT)
    moved = reports.desk(streets.tree["370283002"].path)
    same_person = Actor(streets.clerk.person_id, name="x", grants=moved.grants)
    with database.write() as session:
        undo_batch(session, number, same_person, now=LATER + timedelta(minutes=1))
    assert streets.outcome() == (None, Refusal.NOT_ALLOWED.value)
    with database.read() as session:
        row = case_by_number(session, streets.number)
        assert row is not None
        assert row.state is State.ACCEPTED
        assert set(session.scalars(select(OutboxMessage.state))) == {OutboxState.WAITING}


def test_p5_a_matter_about_a_person_is_not_made_public_by_the_dozen(database: Database) -> None:
    """Its day and its very spot would be seen before anybody undid it."""
    streets = Streets(database)
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        session.execute(update(Case).values(category_code="noise"))
    for action in (BatchAction.RECLASSIFY, BatchAction.CONFIRM):
        streets.do(action, unit_id=streets.unit, category_code="litter")
        assert streets.outcome()[0] == BatchRefusal.PROTECTED.value
        with database.write() as session:
            session.query(DeskBatchCase).delete()
    with database.read() as session:
        row = case_by_number(session, streets.number)
    assert row is not None
    assert (row.category_code, row.state) == ("noise", State.REPORTED)


def test_p5_undoing_a_kind_never_shows_what_was_checked_meanwhile(database: Database) -> None:
    """Somebody found that it is about a person: the undo of the batch before it comes too late."""
    streets = Streets(database)
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        reports.category(session, "lamp")
        session.execute(update(CaseText).values(review=Review.APPROVED, public_text="老王"))
    number = streets.do(BatchAction.RECLASSIFY, category_code="lamp")
    with database.write() as session:
        row = case_by_number(session, streets.number)
        assert row is not None
        later = LATER + timedelta(minutes=1)
        reclassify_case(session, row, actor=streets.clerk, now=later, category_code="noise")
    with database.write() as session:
        undo_batch(session, number, streets.clerk, now=LATER + timedelta(minutes=2))
    with database.read() as session:
        row = case_by_number(session, streets.number)
        assert row is not None
        assert row.category_code == "noise"
        assert set(session.scalars(select(CaseText.review))) == {Review.WITHHELD}
        assert set(session.scalars(select(CaseText.public_text))) == {None}
    assert streets.outcome() == (None, BatchRefusal.TOUCHED.value)
