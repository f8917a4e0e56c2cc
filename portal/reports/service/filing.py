"""Filing for somebody else (R036, R175) and for a caller (R286): by staff, with recorded consent.

The case is made by the same intake as any other; what is added is who filed it, for whom, how that
was agreed, and the number that a hotline gave it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY, Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.reports.models import Case, CaseProxy, CaseReporter, ExternalOrder
from portal.reports.queries.case import CaseRow, case_by_number, reporters_of
from portal.reports.queries.doors import consent_texts, filing_sources
from portal.reports.queries.exchange import case_of_order
from portal.reports.rules.codes import Relation, Source
from portal.reports.rules.doors import (
    NUMBERED,
    NUMBERINGS,
    Behalf,
    ConsentText,
    ConsentWay,
    Filing,
    FilingRefusal,
    consent_on,
    sources_for,
    what_is_wrong,
)
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.intake import Filed, file_report
from portal.reports.service.joining import Joiner, add_to_case, join_case


@dataclass(frozen=True)
class Filer:
    """Who files, in which language the words of consent were read, and whose the uploads are."""

    actor: Actor
    language: str
    photos: KeptPhotos
    papers: KeptPhotos

    @property
    def person_id(self) -> UUID:
        """Only somebody who is signed in files for others."""
        if self.actor.person_id is None:
            raise Forbidden
        return self.actor.person_id


def my_sources(actor: Actor) -> list[Source]:
    """The sources that this reader may name."""
    return sources_for(filing_sources(), actor.roles)


def consent_today(session: Session, now: datetime) -> ConsentText:
    """The words of consent that hold today."""
    return consent_on(consent_texts(), city_day(now, instance_of(session).city.zone))


def file_for(
    session: Session, answers: ReportAnswers, filing: Filing, filer: Filer, *, now: datetime
) -> Filed:
    """File it; the receipt is the resident's. Raises Refused."""
    _check(session, filing, filer.actor)
    filed = file_report(
        session, answers, actor=NOBODY, owner=filer.photos.owner, source=filing.source, now=now
    )
    case = case_by_number(session, filed.number)
    if case is None:
        raise RuntimeError("the case that was just filed is not there")
    _keep_number(session, case, filing, now)
    (reporter,) = reporters_of(session, case)
    _keep_behind(session, case, reporter.id, filing, Relation.PROXY)
    _keep_proxy(session, case, reporter.id, filing, filer, now)
    return filed


def join_for(
    session: Session,
    case: CaseRow,
    answers: ReportAnswers,
    filing: Filing,
    filer: Filer,
    *,
    now: datetime,
) -> Filed:
    """Let a caller stand behind a matter that is there already, instead of filing it again."""
    _check(session, filing, filer.actor, joins=case)
    joiner = Joiner(
        # two callers of one morning come from one desk's browser: each stands for herself
        actor=NOBODY,
        browser=secrets.token_urlsafe(16),
        address=f"desk:{filer.person_id.hex}",
        language=answers.language,
        contact=answers.contact or Contact.NONE,
        phone=answers.phone,
    )
    joined = join_case(session, case, joiner, now=now)
    _keep_order(session, case, filing, now)
    add_to_case(session, case, joined.reporter, answers, filer.photos.owner, now=now)
    _keep_behind(session, case, joined.reporter.id, filing, Relation.ME_TOO)
    _keep_proxy(session, case, joined.reporter.id, filing, filer, now)
    return Filed(
        case.number, joined.lookup_code, joined.token, case.promised_at, case.promised_days
    )


def _check(session: Session, filing: Filing, actor: Actor, joins: CaseRow | None = None) -> None:
    if filing.source not in my_sources(actor):
        raise Forbidden
    wrong = what_is_wrong(filing)
    if wrong:
        field, refusal = wrong[0]
        raise Refused(refusal, field=field)
    known = _known(session, filing)
    # who calls again about an order that is here follows its case
    if known is not None and (joins is None or joins.id != known.id):
        raise Refused(FilingRefusal.KNOWN_NUMBER, field="external", facts={"number": known.number})


def _number(filing: Filing) -> str:
    """The hotline's own number, where its source has one."""
    return " ".join(filing.external_number.split()) if filing.source in NUMBERED else ""


def _known(session: Session, filing: Filing) -> CaseRow | None:
    """The case that the same hotline's number belongs to already, typed or in a file."""
    number = _number(filing)
    if not number:
        return None
    return case_of_order(session, NUMBERINGS[filing.source], filing.source, number)


def _keep_number(session: Session, case: CaseRow, filing: Filing, now: datetime) -> None:
    """The number of the order that this case was made of."""
    number = _keep_order(session, case, filing, now)
    if number:
        own = (Case.district == case.district, Case.id == case.id)
        named = update(Case).where(*own).values(external_number=number)
        session.execute(named.execution_options(synchronize_session=False))


def _keep_order(session: Session, case: CaseRow, filing: Filing, now: datetime) -> str:
    """The hotline's number, findable at the desk; its key lets it belong to one case only."""
    number = _number(filing)
    if not number:
        return ""
    system = NUMBERINGS[filing.source]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    order = dialect.insert(ExternalOrder).values(
        system=system, number=number, district=case.district, case_id=case.id,
        told="", progress="", version=case.version, no_answer=False, imported_at=now,
        changed_at=now,
    )  # fmt: skip
    first = order.on_conflict_do_nothing().returning(ExternalOrder.case_id)
    if session.scalar(first) is None:
        # somebody else was a moment quicker, or the caller of this very order calls again
        known = _known(session, filing)
        if known is None or known.id != case.id:
            facts = {"number": known.number if known else number}
            raise Refused(FilingRefusal.KNOWN_NUMBER, field="external", facts=facts)
    return number


def _keep_behind(
    session: Session, case: CaseRow, reporter_id: UUID, filing: Filing, relation: Relation
) -> None:
    """Her name, sealed like everybody's, and that somebody else typed it in."""
    vault = instance_of(session).vault
    named = filing.behalf is Behalf.RESIDENT and filing.name
    session.execute(
        update(CaseReporter)
        .where(CaseReporter.district == case.district, CaseReporter.id == reporter_id)
        .values(relation=relation, sealed_name=vault.seal(filing.name) if named else None)
        .execution_options(synchronize_session=False)
    )


def _keep_proxy(
    session: Session,
    case: CaseRow,
    reporter_id: UUID,
    filing: Filing,
    filer: Filer,
    now: datetime,
) -> None:
    """Who filed it for whom, and the words that were agreed to, as they were read."""
    named = filing.behalf is Behalf.RESIDENT
    consent = consent_today(session, now) if named else None
    paper = None
    if named and filing.consent_way is ConsentWay.PAPER:
        paper = next(iter(take_uploads(session, filer.papers, now, field="paper")), None)
    session.add(
        CaseProxy(
            district=case.district,
            case_id=case.id,
            reporter_id=reporter_id,
            filer_id=filer.person_id,
            filed_at=now,
            behalf=filing.behalf,
            relation=filing.relation if named else None,
            consent_way=filing.consent_way if named else None,
            consent_version=consent.version if consent else None,
            consent_words=consent.words[filer.language] if consent else None,
            paper_key=paper.blob_key if paper else None,
            paper_thumbnail_key=paper.thumbnail_key if paper else None,
        )
    )
