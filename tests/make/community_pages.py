"""Addresses of the pages of communities: what stands in them."""

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.conventions.models import (
    Issue,
    IssueProposal,
    PrintSheet,
    SheetNotice,
)
from portal.conventions.queries.community import stations_at
from portal.conventions.rules.community import IssueState
from portal.kernel.instance import instance_of
from tests.make import communities as make
from tests.make.conventions import NOW
from tests.make.photos import jpeg

MONTH = "2026-10"
CASES = {
    "conventions.ask": "community_head",
    "conventions.my_office_name": "community_head",
    "conventions.errand": "community_errand",
    "conventions.notice": "community_notice",
    "conventions.estate": "community_estate",
    "conventions.rate_property_service": "community_estate",
    "conventions.issue": "community_issue",
    "conventions.issue_propose": "community_issue",
    "conventions.desk_head_end": "community_head",
    "conventions.desk_head_hide": "community_head",
    "conventions.desk_errand_new": "community_head",
    "conventions.desk_body_end": "community_body",
    "conventions.desk_notice_down": "community_notice",
    "conventions.desk_stop_off": "community_stop",
    "conventions.desk_service": "community_service",
    "conventions.desk_service_end": "community_service",
    "conventions.desk_party": "community_estate",
    "conventions.desk_committee_new": "community_other_estate",
    "conventions.desk_issue": "community_issue",
    "conventions.desk_proposal": "community_issue",
    **dict.fromkeys(
        (
            f"conventions.desk_{page}"
            for page in ("committee", "committee_filing", "committee_end", "member_new",
                         "member_end", "member_hide")
        ),
        "community_owners",
    ),
}  # fmt: skip
VALUES = {
    ("conventions.month_sheet", "month"): MONTH,
    ("conventions.desk_proposal", "at"): "1",
}
PAIRS = {
    ("conventions.desk_member_end", "member"): "community_member",
    ("conventions.desk_member_hide", "member"): "community_member",
    ("conventions.my_seat", "member"): "community_member",
}
NO_PAGE = {
    "conventions.stops_feed": "a calendar",
    "conventions.desk_committee_document": "a picture",
}


def community_things(session: Session, resident: Person, area: Area) -> dict[str, str]:
    """A community in which everything stands once; the resident holds its offices."""
    if area.id not in stations_at(session, [area.id]):
        make.station(session, area)
    head = make.head(session, area, person_id=resident.id)
    errand = make.errand(session, head)
    notice = make.notice(session, area)
    sheet = PrintSheet(area_id=area.id, place_path=area.path, month=MONTH, made_at=NOW)
    session.add(sheet)
    session.flush()
    session.add(SheetNotice(sheet_id=sheet.id, notice_id=notice.id, position=1))
    estate = make.estate(session, area)
    document = instance_of(session).blobs.put(jpeg(), "jpg")
    owners = make.owners(session, estate, document_key=document)
    member = make.member(session, owners, person_id=resident.id)
    return {
        "community_head": head.number,
        "community_errand": errand.number,
        "community_notice": notice.number,
        "community_estate": estate.number,
        "community_other_estate": make.estate(session, area, title="西苑小区").number,
        "community_owners": owners.number,
        "community_member": str(member.id),
        "community_stop": make.stop(session, area).number,
        "community_service": make.service(session, area).number,
        "community_body": make.body(session, area).number,
        "community_issue": _issue(session, area),
    }


def _issue(session: Session, area: Area) -> str:
    words = instance_of(session).vault.seal("晚上车位不够。")
    issue = Issue(
        area_id=area.id, place_path=area.path, title="晚上停车难", state=IssueState.OPEN,
        sealed_words=words, raised_at=NOW,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    session.add(IssueProposal(issue_id=issue.id, sealed_words=words, at=NOW))
    return issue.number
