"""Addresses of the pages of conventions: what stands in them."""

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import ClauseEdit
from portal.conventions.rules.talk import SaidState
from portal.conventions.rules.texts import EditState
from portal.conventions.rules.way import RoundState
from tests.make import conventions as make
from tests.make.conventions import NOW

CASES = dict.fromkeys(
    (
        "conventions.convention", "conventions.desk_convention", "conventions.desk_convention_move",
        "conventions.desk_clause_new", "conventions.desk_paste", "conventions.desk_model",
        "conventions.desk_clause", "conventions.desk_clause_out", "conventions.desk_aside",
        "conventions.desk_let_stand", "conventions.wish", "conventions.desk_wishes",
        "conventions.desk_wish_paper", "conventions.desk_comments",
        "conventions.desk_comment_paper",
    ),
    "convention_round",
) | {"conventions.desk_wish": "convention_wish",
    "conventions.desk_comment": "convention_comment",
    **dict.fromkeys(
        ("conventions.comments", "conventions.comment", "conventions.comment_clause"),
        "convention_discussed",
    ),
}  # fmt: skip
VALUES = {
    ("conventions.kind", "code"): "residents",
    ("conventions.desk_convention_move", "move"): "give_up",
    ("conventions.desk_let_stand", "finding"): "fine",
}
PAIRS = {
    **{
        (f"conventions.{page}", "clause"): "convention_clause"
        for page in ("desk_clause", "desk_clause_out", "desk_let_stand")
    },
    ("conventions.comment_clause", "clause"): "convention_clause_discussed",
    ("conventions.desk_aside", "edit"): "convention_edit",
}


def convention_things(session: Session, area: Area) -> dict[str, str]:
    """A draft with words that the check refuses, and what a second drafter wrote meanwhile."""
    of = make.a_round(session, make.convention(session, area))
    clause = make.clause(session, of, "乱停车的，罚款五十元。")
    edit = ClauseEdit(
        draft_id=clause.id, seen_revision=0, heading="停车", markdown="车停在线内。",
        state=EditState.ASIDE, at=NOW,
    )  # fmt: skip
    session.add(edit)
    session.flush()
    wish = make.wish(session, of)
    comment = make.comment(session, of, clause)
    open_one = make.a_round(session, make.convention(session, area), state=RoundState.DISCUSSION)
    discussed = make.clause(session, open_one)
    make.comment(session, open_one, discussed, state=SaidState.SHOWN)
    return {
        "convention_comment": comment.number,
        "convention_discussed": open_one.number,
        "convention_clause_discussed": str(discussed.clause_id),
        "convention_wish": wish.number,
        "convention_round": of.number,
        "convention_clause": str(clause.clause_id),
        "convention_edit": str(edit.id),
    }
