"""The routes of published conventions for the access test: one convention in each street."""

from portal.accounts.rules import Permission
from tests.make.meeting_routes import SAMPLES
from tests.make.published_pages import ROUND_PAGES, TEXT_PAGES, VERSION_PAGES
from tests.make.routes import Pick, Sample, with_permission
from tests.make.world import World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.CONVENTION_MANAGE)
REVIEW = with_permission(Permission.CONVENTION_REVIEW)


def _there(thing: str, side: str, more: dict[str, str]) -> Pick:
    def values(world: World, _role: str) -> dict[str, str]:
        found = {"number": world.things[f"{thing}_{side}"], **more}
        if "clause" in more:
            found["clause"] = world.things[f"convention_clause_{side}"]
        return found

    return values


def _sample(page: str, thing: str, reaches: frozenset[str], **more: str) -> None:
    public = not page.startswith("desk_")
    own, foreign = (_there(thing, side, more) for side in ("east", "west"))
    SAMPLES[f"conventions.{page}"] = (
        Sample(own=own) if public else Sample(own=own, foreign=foreign, reaches=reaches)
    )


for _page in ROUND_PAGES:
    _more = {"script": "khb"} if _page.startswith("desk_script") and _page != "desk_scripts" else {}
    if _page == "desk_script_clause":
        _more["clause"] = ""
    _sample(_page, "convention_round", MANAGE, **_more)
for _page in TEXT_PAGES:
    _sample(_page, "convention_text", MANAGE)
for _page in (*VERSION_PAGES, "version_json"):
    _sample(_page, "convention_text", MANAGE, version="1")
_sample("desk_filing_photo", "convention_filed", MANAGE)
_sample("desk_end", "convention_text", REVIEW)
