"""What the access test needs to know of each route: values for its address, and whose they are.

A package adds its routes with values in their address: ``SAMPLES["reports.show"] = Sample(…)``.
``own`` is something that the asker may reach, ``foreign`` something of another person or another
place that must look as if it did not exist. Both get the world and the code of the asking role.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.rules import Permission, roles
from tests.make.world import EAST, STRANGER, WEST, World

Values = Mapping[str, Any]
Pick = Callable[[World, str], Values]


@dataclass(frozen=True)
class Sample:
    """Values for one route's address. ``form`` is what a POST to it sends besides its token.

    ``reaches``: the roles for which ``own`` is there; others that pass the gate get 403 or 404.
    None: it depends on more than the role, and only foreign and absent things are tried.
    ``foreign_status``: how something foreign is answered to a role that may do this at home.
    """

    own: Pick
    foreign: Pick | None = None
    reaches: frozenset[str] | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    foreign_status: frozenset[int] = frozenset({404})


SAMPLES: dict[str, Sample] = {}


def with_permission(verb: Permission) -> frozenset[str]:
    """The roles that have a permission."""
    return frozenset(role.code for role in roles().values() if verb in role.permissions)


def thing(**names: str) -> Pick:
    """Values that are things of the world: ``thing(number="card_west")``."""
    return lambda world, _role: {key: world.things[name] for key, name in names.items()}


def fixed(**values: str) -> Pick:
    """Values that are the same in every world."""
    return lambda _world, _role: values


ADMINISTRATORS = with_permission(Permission.PEOPLE_MANAGE)
DESKS = with_permission(Permission.CARD_ISSUE)
SAMPLES.update(
    {
        f"places.{page}": Sample(
            own=fixed(code=EAST),
            foreign=fixed(code=WEST),
            reaches=with_permission(Permission.AREA_MANAGE),
            foreign_status=frozenset({403, 404}),
        )
        for page in ("add_permitted", "add_place", "admin_place", "edit_card", "edit_outline",
                     "edit_place", "set_switch")
    }
)  # fmt: skip
# rules are those of a whole district, and everybody in this world keeps a street of it
SAMPLES["credit.revise_rule"] = Sample(own=fixed(code="shift"), reaches=frozenset())
SAMPLES.update(
    {
        f"places.{page}": Sample(
            own=fixed(code="U-EAST"),
            foreign=fixed(code="U-WEST"),
            reaches=with_permission(Permission.ORGANISATION_MANAGE),
            foreign_status=frozenset({403, 404}),
        )
        for page in ("organisation", "end_organisation")
    }
)
SAMPLES.update(
    {
        f"reports.desk_{step}": Sample(
            own=thing(number="case_east", code="photo_east"),
            foreign=thing(number="case_west", code="photo_west"),
        )
        for step in ("cover", "uncover")
    }
)
for _page in ("desk_import_run", "desk_import_drop", "desk_import_columns"):
    SAMPLES[f"reports.{_page}"] = Sample(own=fixed(run="none"))
SAMPLES["reports.desk_map_end"] = Sample(own=fixed(code="none"))
for _page in ("take_personal", "decide_personal"):
    SAMPLES[f"reports.{_page}"] = Sample(own=fixed(wish="none"))
SAMPLES.update(
    {
        f"reports.{page}": Sample(
            own=lambda world, role: {"number": world.things["follows"].get(role, "0")},
            foreign=lambda world, _role: {"number": world.things["follows"][STRANGER]},
            reaches=frozenset(roles()),
        )
        for page in ("change_following", "stop_own")
    }
)
SAMPLES.update(
    {
        f"reports.{page}": Sample(own=thing(number="case_east"), foreign=thing(number="case_west"))
        for page in ("filed_matter", "filed_paper", "filed_consent")
    }
)
SAMPLES["reports.file_receipt"] = Sample(own=fixed(ticket="none"))
SAMPLES["reports.file_form"] = Sample(
    own=fixed(source="petition_proxy", kind="litter"), foreign=fixed(source="none", kind="none")
)
SAMPLES.update(
    {
        f"reports.desk_{page}": Sample(
            own=fixed(code=EAST),
            foreign=fixed(code=WEST),
            reaches=with_permission(verb),
        )
        for verb, pages in (
            (Permission.GRID_WORK, ("grid_place", "diary_new", "diary_month")),
            (Permission.GRID_MANAGE, ("grid_team", "grid_leave", "grid_interval")),
        )
        for page in pages
    }
)
SAMPLES["reports.desk_diary_entry"] = Sample(
    own=thing(entry="entry_east"),
    foreign=thing(entry="entry_west"),
    reaches=with_permission(Permission.GRID_WORK),
)
SAMPLES["reports.desk_diary_correct"] = Sample(
    own=thing(entry="entry_east"), foreign=thing(entry="entry_west")
)
SAMPLES["reports.desk_diary_photo"] = Sample(own=fixed(code="none"), foreign=fixed(code="none"))
SAMPLES.update(
    {
        # links and what came by them are told apart by their codes; none is made here
        f"reports.desk_{page}": Sample(own=fixed(**{name: "none"}))
        for page, name in (
            ("came", "number"), ("came_photo", "code"), ("end_reply", "number"),
            ("link_made", "ticket"), ("reply", "number"), ("revoke_link", "number"),
        )
    }
)  # fmt: skip
SAMPLES["reports.audit_draw"] = Sample(own=fixed(draw="none"))
SAMPLES["reports.audit_case"] = Sample(own=fixed(draw="none", sampled="none"))
SAMPLES["reports.end_row"] = Sample(own=fixed(code="none"))
SAMPLES["reports.end_admission"] = Sample(own=fixed(code="none"))
# only who keeps the whole city changes it: to the others no year is there
SAMPLES["calendars.year"] = Sample(
    own=fixed(code="office"), foreign=fixed(code="office"), reaches=frozenset()
)
SAMPLES["parts.section"] = Sample(
    own=fixed(section="forms"),
    foreign=fixed(section="nothing"),
    reaches=with_permission(Permission.PARTS_READ),
)
SAMPLES["places.end_permitted"] = Sample(
    own=fixed(code=EAST, key="none"),
    foreign=fixed(code=WEST, key="none"),
    foreign_status=frozenset({403, 404}),
)
SAMPLES["places.end_notice"] = Sample(
    own=thing(notice_id="notice_east"),
    foreign=thing(notice_id="notice_west"),
    reaches=with_permission(Permission.NOTICE_PUBLISH),
)
CASE_STEPS = (
    "accept", "ask", "close", "confirm", "confirm_solved", "contract", "decisions", "dispatch",
    "doubt", "escalate", "extend", "file", "forward", "grade", "grade_danger", "hand_over",
    "handle", "helper", "identity", "known", "list_case", "merge", "moderate", "note",
    "outside_answer", "receipt", "reclassify", "refuse", "refuse_filing", "resolve", "respond",
    "resume", "return", "send_back", "settle", "split", "split_off", "suspend", "take_back", "void",
    "way",
)  # fmt: skip
SAMPLES.update(
    {
        f"reports.desk_{step}": Sample(
            own=thing(number="case_east"), foreign=thing(number="case_west")
        )
        for step in CASE_STEPS
    }
)
for _page in ("company_page", "desk_company", "desk_company_step", "desk_company_check"):
    SAMPLES[f"reports.{_page}"] = Sample(own=fixed(code="NONE"))
SAMPLES["reports.desk_hearing"] = Sample(own=fixed(number="none"))
SAMPLES["reports.desk_check_photo"] = Sample(own=fixed(code="none"))
SAMPLES["reports.company_scores"] = Sample(own=fixed(kind="csv"))
SAMPLES.update(
    {
        "reports.desk_case": Sample(
            own=thing(number="case_east"),
            foreign=thing(number="case_west"),
            reaches=with_permission(Permission.REPORT_READ),
        ),
        "reports.desk_batch": Sample(
            own=thing(number="batch_east"), foreign=thing(number="batch_west")
        ),
        "reports.desk_condition": Sample(
            own=thing(number="listing_east"), foreign=thing(number="listing_west")
        ),
        "reports.desk_delist": Sample(
            own=thing(number="listing_east"), foreign=thing(number="listing_west")
        ),
        "reports.desk_digest": Sample(own=fixed(day="2026-01-01"), foreign=fixed(day="1999-01-01")),
        "reports.desk_undo": Sample(
            own=thing(number="batch_east"), foreign=thing(number="batch_west")
        ),
        "reports.desk_photo": Sample(
            own=thing(code="photo_east"),
            foreign=thing(code="photo_west"),
            reaches=with_permission(Permission.REPORT_READ),
        ),
    }
)
SAMPLES.update(
    {
        "accounts.end_session": Sample(
            own=lambda world, role: {"number": world.sessions.get(role, "0")},
            foreign=lambda world, _role: {"number": world.sessions[STRANGER]},
            reaches=frozenset(roles()),
        ),
        "accounts.person": Sample(own=thing(number="colleague_east"), reaches=ADMINISTRATORS),
        "accounts.grant_role": Sample(
            own=thing(number="colleague_east"),
            foreign=thing(number="colleague_west"),
            reaches=ADMINISTRATORS,
            form={"role": "grid_lead", "area": WEST},
            foreign_status=frozenset({422}),
        ),
        "accounts.end_role": Sample(
            own=thing(number="colleague_east", holding="holding_east"),
            foreign=thing(number="colleague_west", holding="holding_west"),
            reaches=ADMINISTRATORS,
        ),
        "accounts.reset_factor": Sample(
            own=thing(number="colleague_east"),
            foreign=thing(number="colleague_west"),
            reaches=ADMINISTRATORS,
            foreign_status=frozenset({422}),
        ),
        "accounts.replace_card": Sample(
            own=thing(number="card_east"), foreign=thing(number="card_west"), reaches=DESKS
        ),
        "accounts.revoke_api_key": Sample(
            own=thing(number="key_east"),
            foreign=thing(number="key_west"),
            reaches=with_permission(Permission.API_KEY_MANAGE),
        ),
        "accounts.revoke_card": Sample(
            own=thing(number="card_east"), foreign=thing(number="card_west"), reaches=DESKS
        ),
    }
)

HONOURS = with_permission(Permission.HONOUR_PROPOSE) | with_permission(Permission.HONOUR_DECIDE)
SAMPLES["credit.desk_honour"] = Sample(
    own=thing(number="honour_east"), foreign=thing(number="honour_west"), reaches=HONOURS
)
SAMPLES.update(
    {
        f"credit.desk_{step}_honour": Sample(
            own=thing(number="honour_east"), foreign=thing(number="honour_west")
        )
        for step in ("answer", "check", "grant", "reject")
    }
)
# one's own are those that one is asked about: nobody is
SAMPLES["credit.my_honour"] = Sample(own=fixed(number="none"), foreign=thing(number="honour_east"))
SAMPLES["credit.answer_by_link"] = Sample(own=fixed(token="none"), foreign=fixed(token="none"))
SAMPLES["credit.learn_one"] = Sample(own=thing(number="quiz"))
SAMPLES["credit.learned"] = Sample(own=thing(number="quiz"))
# whoever writes them writes for the whole city
for _page in ("desk_quiz", "desk_publish_quiz", "desk_end_quiz"):
    SAMPLES[f"credit.{_page}"] = Sample(
        own=thing(number="quiz"), reaches=with_permission(Permission.QUIZ_MANAGE)
    )
SAMPLES.update(
    {
        f"credit.{page}": Sample(own=fixed(number="none"), foreign=thing(number="switch"))
        for page in ("admin_assessment", "confirm_deductions", "end_deductions")
    }
)
# what nobody has confirmed is shown to nobody
SAMPLES["credit.deduction_assessment"] = Sample(
    own=fixed(number="none"), foreign=thing(number="switch")
)
SAMPLES["credit.end_guardian"] = Sample(own=fixed(number="none"), foreign=thing(number="agreed"))
SAMPLES["credit.answer_as_guardian"] = Sample(own=fixed(token="none"))
