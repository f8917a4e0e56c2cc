"""Addresses of the pages of conventions: what stands in them."""

from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from portal.areas.models import Area
from portal.conventions.models import ClauseEdit, PaperTally, Round
from portal.conventions.rules.counting import Outcome
from portal.conventions.rules.talk import SaidState
from portal.conventions.rules.texts import EditState
from portal.conventions.rules.votes import VoteState
from portal.conventions.rules.way import RoundState
from portal.kernel.instance import instance_of
from tests.make import conventions as make
from tests.make import published_pages
from tests.make.conventions import NOW
from tests.make.photos import jpeg

CASES = dict.fromkeys(
    (
        "conventions.convention", "conventions.desk_convention", "conventions.desk_convention_move",
        "conventions.desk_clause_new", "conventions.desk_paste", "conventions.desk_model",
        "conventions.desk_clause", "conventions.desk_clause_out", "conventions.desk_aside",
        "conventions.desk_let_stand", "conventions.wish", "conventions.desk_wishes",
        "conventions.desk_wish_paper", "conventions.desk_comments",
        "conventions.desk_comment_paper", "conventions.desk_note",
    ),
    "convention_round",
) | {"conventions.desk_wish": "convention_wish",
    "conventions.desk_comment": "convention_comment",
    **dict.fromkeys(
        ("conventions.comments", "conventions.comment", "conventions.comment_clause"),
        "convention_discussed",
    ),
}  # fmt: skip
CASES |= dict.fromkeys(
    (
        f"conventions.{page}"
        for page in ("vote", "ballot", "desk_vote", "desk_roll", "desk_roll_line",
                     "desk_tally", "desk_tally_sign", "desk_count", "desk_vote_void")
    ),
    "convention_vote",
)  # fmt: skip
CASES["conventions.desk_vote_new"] = "convention_round"
CASES |= published_pages.CASES
NO_PAGE = published_pages.NO_PAGE
VALUES = {
    **published_pages.VALUES,
    ("conventions.kind", "code"): "residents",
    ("conventions.desk_roll_line", "roll"): "1",
    ("conventions.desk_convention_move", "move"): "give_up",
    ("conventions.desk_let_stand", "finding"): "fine",
}
PAIRS = {
    **published_pages.PAIRS,
    **{
        (f"conventions.{page}", "clause"): "convention_clause"
        for page in ("desk_clause", "desk_clause_out", "desk_let_stand")
    },
    ("conventions.comment_clause", "clause"): "convention_clause_discussed",
    ("conventions.desk_aside", "edit"): "convention_edit",
    ("conventions.desk_tally_sign", "entry"): "convention_tally",
}

# a vote of three in which nobody took part, as it is kept
NOBODY_CAME = canonical(
    {
        "electorate": "heads",
        "findings": [
            {"measure": "voters", "tally": {"yes": 0, "no": 0, "abstain": 0, "spoilt": 0},
             "quorum": {"denominator": 3}},
        ],
    }
).decode()  # fmt: skip


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
        **_vote_things(session, of),
        **published_pages.published_things(session, area, NOBODY_CAME),
        "convention_comment": comment.number,
        "convention_discussed": open_one.number,
        "convention_clause_discussed": str(discussed.clause_id),
        "convention_wish": wish.number,
        "convention_round": of.number,
        "convention_clause": str(clause.clause_id),
        "convention_edit": str(edit.id),
    }


def _vote_things(session: Session, of: Round) -> dict[str, str]:
    """A vote that runs, with a box that waits for the street, and one that nobody came to."""
    vote = make.vote(session, of)
    make.elector(session, vote)
    tally = PaperTally(
        vote_id=vote.id, box="1", entry=1, yes=1, no=0, abstain=0, spoilt=0, typed_at=NOW,
        photo_key=instance_of(session).blobs.put(jpeg(), "jpg"),
    )  # fmt: skip
    decided = make.vote(
        session, of, state=VoteState.DECIDED, outcome=Outcome.NO_QUORUM, figures=NOBODY_CAME
    )
    session.add(tally)
    session.flush()
    return {
        "convention_vote": vote.number,
        "convention_decided": decided.number,
        "convention_tally": str(tally.id),
    }
