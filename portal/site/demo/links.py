"""Links of the demo: a helper who handed in work, an authority that answered; prepared words."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.areas.queries import AreaRow
from portal.kernel.outbox import cancel_messages
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.service.demo import PlantedCase
from portal.reports.service.outside import HandOver, hand_over_case
from portal.reports.service.pass_use import (
    answer_from_outside,
    confirm_receipt,
    hand_in_work,
    say_on_the_way,
)
from portal.reports.service.passes import ForwardWish, HelperWish, forward_case, let_in_helper
from portal.reports.service.replies import ReplyWish, add_reply, keeper_of

DATA: Final = Path(__file__).resolve().parents[1] / "data"
BODY: Final = "market"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def stage_links(
    session: Session,
    planted: Sequence[PlantedCase],
    people: Mapping[str, Sequence[UUID]],
    photo: CleanPhoto | None,
    now: datetime,
) -> None:
    """A hand-in waits for the unit, and an answer for the desk; the demo sends no messages."""
    words = {row["use"]: row["text"] for row in _rows("demo-links.tsv")}
    helped, gone = (_case(session, case) for case in planted)
    _help(session, helped, people["handling_unit"][0], words, photo, now)
    _forward(session, gone, people["street_desk"][0], words, now)
    for case in planted:
        cancel_messages(session, f"case:{case.number}")


def _help(
    session: Session,
    case: CaseRow,
    worker_id: UUID,
    words: Mapping[str, str],
    photo: CleanPhoto | None,
    now: datetime,
) -> None:
    worker = actor_for(session, worker_id, now, second_factor=True)
    wish = HelperWish(48, name=words["name"], words=words["ask"])
    made = let_in_helper(session, case, wish, actor=worker, now=now)
    say_on_the_way(session, made.token, now=now)
    if photo is not None:
        upload = keep_upload(session, photo, owner=made.code, now=now)
        # it is taken a line below
        session.flush()
        kept = KeptPhotos(made.code, (upload,))
        hand_in_work(session, made.token, words=words["done"], photos=kept, now=now)


def _forward(
    session: Session, case: CaseRow, desk_id: UUID, words: Mapping[str, str], now: datetime
) -> None:
    by: dict[str, Any] = {"actor": actor_for(session, desk_id, now, second_factor=True)}
    gone = hand_over_case(session, case, to=HandOver(BODY), now=now, **by)
    # the link looks for the record of the hand-over
    session.flush()
    wish = ForwardWish(words=words["body_ask"])
    made = forward_case(session, gone, wish, now=now, **by)
    confirm_receipt(session, made.token, now=now)
    answer_from_outside(
        session, made.token, words=words["answer"], decline=None, declines=False, now=now
    )


def _case(session: Session, planted: PlantedCase) -> CaseRow:
    case = case_by_number(session, planted.number)
    if case is None:
        raise LookupError(planted.number)
    return case


def plant_replies(session: Session, desk_id: UUID, street: AreaRow, now: datetime) -> None:
    """The words that the demo's street has prepared."""
    keeper = keeper_of(actor_for(session, desk_id, now, second_factor=True))
    mine = replace(keeper, places=(street.path,))
    for row in _rows("demo-replies.tsv"):
        wish = ReplyWish(
            title=row["title"],
            words=row["words"],
            step=row["step"],
            language="zh_Hans",
            category=row["category"] or None,
            place_path=street.path,
        )
        add_reply(session, mine, wish, now=now)
