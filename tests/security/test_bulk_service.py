"""Many cases at one press, without pages: what the service itself refuses and undoes."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.models import Case, CaseText, DeskBatchCase
from portal.reports.rules.batches import BatchAction, BatchRefusal
from portal.reports.rules.codes import Review, State, Target
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import reclassify_case
from tests.make import reports
from tests.make.rows import case_row
from tests.make.streets import LATER, OneReport


def outcome(streets: OneReport) -> tuple[str | None, str | None]:
    """Why the one report was refused, and why it was kept at the undo."""
    with streets.database.read() as session:
        row = session.scalars(select(DeskBatchCase)).one()
        return row.refusal, row.kept


def test_undo_asks_for_the_place_again_and_leaves_the_messages_alone(database: Database) -> None:
    streets = OneReport(database)
    number = streets.act(BatchAction.ACCEPT)
    streets.undo(number, actor=streets.moved)
    assert outcome(streets) == (None, Refusal.NOT_ALLOWED.value)
    with database.read() as session:
        row = case_row(session, streets.number)
        assert row.state is State.ACCEPTED
        assert set(session.scalars(select(OutboxMessage.state))) == {OutboxState.WAITING}


def test_p5_a_matter_about_a_person_is_not_made_public_by_the_dozen(database: Database) -> None:
    """Its day and its very spot would be seen before anybody undid it."""
    streets = OneReport(database)
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        session.execute(update(Case).values(category_code="noise"))
    for action in (BatchAction.RECLASSIFY, BatchAction.CONFIRM):
        streets.act(action, unit_id=streets.unit, category_code="litter")
        assert outcome(streets)[0] == BatchRefusal.PROTECTED.value
        with database.write() as session:
            session.query(DeskBatchCase).delete()
    with database.read() as session:
        row = case_row(session, streets.number)
    assert (row.category_code, row.state) == ("noise", State.REPORTED)


def test_p5_undoing_a_kind_never_shows_what_was_checked_meanwhile(database: Database) -> None:
    """Somebody found that it is about a person: the undo of the batch before it comes too late."""
    streets = OneReport(database)
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        reports.category(session, "lamp")
        session.execute(update(CaseText).values(review=Review.APPROVED, public_text="老王"))
    number = streets.act(BatchAction.RECLASSIFY, category_code="lamp")
    with database.write() as session:
        row = case_row(session, streets.number)
        later = LATER + timedelta(minutes=1)
        reclassify_case(session, row, actor=streets.clerk, now=later, category_code="noise")
    streets.undo(number)
    with database.read() as session:
        row = case_row(session, streets.number)
        assert row.category_code == "noise"
        assert set(session.scalars(select(CaseText.review))) == {Review.WITHHELD}
        assert set(session.scalars(select(CaseText.public_text))) == {None}
    assert outcome(streets) == (None, BatchRefusal.TOUCHED.value)
