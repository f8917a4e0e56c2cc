"""The routes of communities for the access test: one of everything in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.accounts import person
from tests.make.community_pages import community_things
from tests.make.routes import Pick, Sample, fixed, with_permission
from tests.make.sign_routes import SAMPLES
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.COMMUNITY_MANAGE)
FILE = with_permission(Permission.OWNERS_FILE)


def fill_communities(session: Session, world: World) -> None:
    """Everything once in each street, held by a resident who plays no other part."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = community_things(session, person(session), world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_communities)


def _of(side: str, names: dict[str, str], more: dict[str, str]) -> Pick:
    def pick(world: World, _role: str) -> dict[str, str]:
        things = {key: world.things[f"community_{name}_{side}"] for key, name in names.items()}
        return {**things, **more}

    return pick


def _sample(
    reaches: frozenset[str] | None, more: dict[str, str] | None = None, **names: str
) -> Sample:
    return Sample(_of("east", names, more or {}), _of("west", names, more or {}), reaches)


for _page in ("community", "station", "head_new", "body_new", "notice_new", "sheet", "stop_new",
              "service_new", "estate_new", "issues", "heads_table", "services_table"):  # fmt: skip
    SAMPLES[f"conventions.desk_{_page}"] = Sample(fixed(code=EAST), fixed(code=WEST), MANAGE)
for _page, _name in (
    ("head_end", "head"), ("errand_new", "head"), ("body_end", "body"), ("notice_down", "notice"),
    ("stop_off", "stop"), ("service", "service"), ("service_end", "service"), ("party", "estate"),
    ("issue", "issue"), ("head_hide", "head"),
):  # fmt: skip
    SAMPLES[f"conventions.desk_{_page}"] = _sample(MANAGE, number=_name)
SAMPLES["conventions.desk_proposal"] = _sample(MANAGE, {"at": "1"}, number="issue")
for _page, _name in (
    ("committee_new", "other_estate"), ("committee", "owners"), ("committee_filing", "owners"),
    ("committee_end", "owners"), ("member_new", "owners"), ("committee_document", "owners"),
):  # fmt: skip
    SAMPLES[f"conventions.desk_{_page}"] = _sample(FILE, number=_name)
for _page in ("member_end", "member_hide"):
    SAMPLES[f"conventions.desk_{_page}"] = _sample(FILE, number="owners", member="member")
SAMPLES["conventions.my_proposal_back"] = Sample(
    own=fixed(proposal="00000000-0000-7000-8000-000000000000")
)
SAMPLES["conventions.errand"] = _sample(MANAGE, number="errand")
for _page, _names in (
    ("my_office_name", {"number": "head"}), ("my_seat", {"member": "member"}),
    ("my_asked_back", {"number": "errand"}), ("my_issue_back", {"number": "issue"}),
):  # fmt: skip
    SAMPLES[f"conventions.{_page}"] = _sample(None, **_names)
for _page, _name, _more in (
    ("ask", "head", {}), ("issue_propose", "issue", {}), ("issue_support", "issue", {"at": "0"}),
    ("rate_property_service", "estate", {}),
):  # fmt: skip
    SAMPLES[f"conventions.{_page}"] = Sample(_of("east", {"number": _name}, _more))
SAMPLES["conventions.issue_new"] = Sample(fixed(code=EAST))
