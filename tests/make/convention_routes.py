"""The routes of conventions for the access test: a draft in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.convention_pages import convention_things
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.signing_routes import SAMPLES
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.CONVENTION_MANAGE)
REVIEW = with_permission(Permission.CONVENTION_REVIEW)


def fill_conventions(session: Session, world: World) -> None:
    """One draft in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = convention_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_conventions)


def _sample(fixed_values: dict[str, str] | None = None, **names: str) -> Sample:
    east = thing(**{key: f"convention_{name}_east" for key, name in names.items()})
    west = thing(**{key: f"convention_{name}_west" for key, name in names.items()})
    more = fixed_values or {}
    return Sample(
        own=lambda world, role: {**east(world, role), **more},
        foreign=lambda world, role: {**west(world, role), **more},
        reaches=MANAGE,
    )


SAMPLES["conventions.kind"] = Sample(own=fixed(code="residents"))
SAMPLES["conventions.convention"] = Sample(own=thing(number="convention_round_east"))
for _page in (
    "desk_convention",
    "desk_clause_new",
    "desk_paste",
    "desk_model",
    "desk_wishes",
    "desk_wish_paper",
    "desk_comments",
    "desk_comment_paper",
):
    SAMPLES[f"conventions.{_page}"] = _sample(number="round")
for _page in ("desk_clause", "desk_clause_out"):
    SAMPLES[f"conventions.{_page}"] = _sample(number="round", clause="clause")
SAMPLES["conventions.desk_wish"] = _sample(number="wish")
SAMPLES["conventions.wish"] = Sample(own=thing(number="convention_round_east"))
SAMPLES["conventions.desk_comment"] = _sample(number="comment")
for _page in ("comments", "comment"):
    SAMPLES[f"conventions.{_page}"] = Sample(own=thing(number="convention_discussed_east"))
SAMPLES["conventions.comment_clause"] = Sample(
    own=thing(number="convention_discussed_east", clause="convention_clause_discussed_east")
)
SAMPLES["conventions.support"] = Sample(own=fixed(number="none"))
SAMPLES["conventions.my_comment_back"] = Sample(
    own=fixed(number="none"), foreign=thing(number="convention_comment_west")
)
SAMPLES["conventions.my_wish_back"] = Sample(
    own=fixed(number="none"), foreign=thing(number="convention_wish_west")
)
SAMPLES["conventions.desk_aside"] = _sample(number="round", edit="edit")
SAMPLES["conventions.vote"] = Sample(own=thing(number="convention_vote_east"))
SAMPLES["conventions.ballot"] = Sample(own=thing(number="convention_vote_east"))
SAMPLES["conventions.vote_minutes"] = Sample(own=thing(number="convention_decided_east"))
SAMPLES["conventions.desk_vote_new"] = _sample(number="round")
for _page in ("desk_vote", "desk_roll", "desk_tally", "desk_count", "desk_vote_void"):
    SAMPLES[f"conventions.{_page}"] = _sample(number="vote")
SAMPLES["conventions.desk_roll_line"] = _sample({"roll": "1"}, number="vote")
for _page in ("desk_tally_sign", "desk_tally_photo"):
    SAMPLES[f"conventions.{_page}"] = Sample(
        own=thing(number="convention_vote_east", entry="convention_tally_east"),
        foreign=thing(number="convention_vote_west", entry="convention_tally_west"),
        reaches=REVIEW,
    )
SAMPLES["conventions.desk_convention_move"] = _sample({"move": "give_up"}, number="round")
SAMPLES["conventions.desk_note"] = Sample(
    own=thing(number="convention_round_east"), foreign=thing(number="convention_round_west"),
    reaches=REVIEW,
)  # fmt: skip
SAMPLES["conventions.desk_let_stand"] = Sample(
    own=lambda world, _role: {
        "number": world.things["convention_round_east"],
        "clause": world.things["convention_clause_east"], "finding": "fine",
    },
    foreign=lambda world, _role: {
        "number": world.things["convention_round_west"],
        "clause": world.things["convention_clause_west"], "finding": "fine",
    },
    reaches=REVIEW,
)  # fmt: skip
