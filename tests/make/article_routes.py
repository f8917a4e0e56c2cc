"""The routes of articles for the access test: articles in both streets, of two people."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.article_pages import article_things
from tests.make.routes import Sample, Values, thing, with_permission
from tests.make.warning_routes import SAMPLES
from tests.make.world import EAST, FILLERS, STRANGER, WEST, World

__all__ = ["SAMPLES"]

WRITE = with_permission(Permission.ARTICLE_WRITE)


def fill_articles(session: Session, world: World) -> None:
    """Articles in every state in each street; those of the west are about a stranger."""
    for side, street in (("east", EAST), ("west", WEST)):
        about = world.people["resident" if side == "east" else STRANGER]
        made = article_things(session, world.tree[street], about)
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_articles)


def _sample(name: str, *, code: bool = False, more: dict[str, str] | None = None) -> Sample:
    def values(side: str, world: World) -> Values:
        found = {"number": world.things[f"{name}_{side}"], **(more or {})}
        return {**found, "code": world.things[f"{name}_photo_{side}"]} if code else found

    return Sample(
        own=lambda world, _role: values("east", world),
        foreign=lambda world, _role: values("west", world),
        reaches=WRITE,
    )


for _page in ("article", "article_poster"):
    SAMPLES[f"publicity.{_page}"] = Sample(own=thing(number="article_shown_east"))
SAMPLES["publicity.article_photo"] = Sample(own=thing(code="article_shown_photo_east"))
for _page in ("desk_article", "desk_article_edit", "desk_article_photos"):
    SAMPLES[f"publicity.{_page}"] = _sample("article_draft")
for _page in ("desk_article_photo", "desk_article_photo_change"):
    SAMPLES[f"publicity.{_page}"] = _sample("article_draft", code=True)
SAMPLES["publicity.desk_article_step"] = _sample("article_waiting", more={"step": "approve"})
SAMPLES["publicity.desk_article_person"] = _sample("article_of_her_draft")
SAMPLES["publicity.my_article"] = Sample(
    own=thing(number="article_of_her_east"), foreign=thing(number="article_of_her_west"),
    reaches=frozenset({"resident"}),
)  # fmt: skip
SAMPLES["publicity.my_article_photo"] = Sample(
    own=thing(code="article_of_her_photo_east"), foreign=thing(code="article_of_her_photo_west"),
    reaches=frozenset({"resident"}),
)  # fmt: skip
