"""Addresses of the pages of plaques: what stands in them."""

from sqlalchemy.orm import Session

from pledges.models import PlaqueBatch
from pledges.rules.plaques import PlaqueState
from portal.areas.models import Area
from tests.make import pledges as make

CASES = {
    **dict.fromkeys(
        ("pledges.plaque", "pledges.desk_plaque", "pledges.desk_plaque_print",
         "pledges.desk_replace_plaque", "pledges.desk_take_off_plaque",
         "pledges.desk_withdraw_plaque"),
        "plaque",
    ),
    "pledges.desk_plaque_batch": "plaque_batch",
    "pledges.desk_premises_one": "premises",
    "pledges.desk_premises_tenant": "premises",
    "pledges.desk_premises_close": "premises",
    "pledges.desk_premises_unit": "premises",
    "pledges.desk_premises_undo": "premises_import",
    "pledges.desk_plaque_sheets": "plaque_batch",
    **dict.fromkeys(
        ("pledges.desk_clause_set", "pledges.desk_begin_draft", "pledges.desk_publish_clauses",
         "pledges.desk_discard_draft", "pledges.desk_end_clause_set", "pledges.desk_new_clause",
         "pledges.desk_clause", "pledges.desk_remove_clause", "pledges.desk_take_clauses"),
        "clauses",
    ),
}  # fmt: skip

# what a plaque tells that hangs nowhere, was replaced, or was never issued; a shop of one's own
MORE = (
    ("plaque-unbound", "", "/p/{plaque_unbound}"),
    ("plaque-old", "", "/p/{plaque_old}", 410),
    ("plaque-unknown", "", "/p/{plaque}X", 404),
    ("plaque-own", "resident", "/p/{sign_plaque}"),
)


def plaque_things(session: Session, place: Area) -> dict[str, str]:
    """A shop that pledged behind a plaque, and the batch that the plaque is of."""
    shop = make.premises(session, place, "88号")
    runs = make.operator(session, shop)
    text = make.clauses(session, place, "plaque_pages")
    make.clause_draft(session, place, "drafted_pages")
    make.pledge(session, runs, text, place_path=place.path)
    plaque = make.plaque(session, place)
    make.hang(session, plaque, shop, runs)
    unbound, old = make.plaque(session, place), make.plaque(session, place)
    old.state, old.ended_at, old.replaced_by = PlaqueState.REPLACED, make.NOW, plaque.code
    session.flush()
    batch = session.get_one(PlaqueBatch, plaque.batch_id)
    return {"plaque": plaque.code, "plaque_batch": batch.number, "premises": shop.number,
            "premises_import": make.premises_import(session, place).number,
            "clauses": "drafted_pages",
            "plaque_unbound": unbound.code, "plaque_old": old.code}  # fmt: skip
