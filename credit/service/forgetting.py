"""Details are erased: the entries stay, and what they came from can be read by nobody."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from credit.models import Entry, EntryDetail
from credit.queries.entries import EntryRow


def forget_details(session: Session, deduction: EntryRow) -> None:
    """Erase the details and salts of a deduction: of its notice, itself, and all that took it
    back."""
    chain = select(Entry.id).where(
        Entry.district == deduction.district,
        or_(Entry.id.in_([deduction.id, deduction.of_id]), Entry.of_id == deduction.id),
    )
    session.execute(
        delete(EntryDetail)
        .where(EntryDetail.district == deduction.district, EntryDetail.entry_id.in_(chain))
        .execution_options(synchronize_session=False)
    )
