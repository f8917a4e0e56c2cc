"""What voluntary service keeps about people: rows for the one table of personal fields (P1)."""

from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField
from volunteers.rules.rating import KEEP_FEEDBACK


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    VOLUNTEER = "data.volunteer"
    TEAM = "data.volunteer_team"
    SIGN_UPS = "data.volunteer_sign_ups"
    HOURS = "data.volunteer_hours"
    CERTIFICATES = "data.volunteer_certificates"
    CLOUD = "data.volunteer_cloud"
    CALENDAR = "data.volunteer_calendar"
    SHEETS = "data.volunteer_sheets"
    QUALIFICATION = "data.volunteer_qualification"
    GUARDIAN = "data.volunteer_guardian"
    ASK_ME = "data.volunteer_ask_me"
    MESSAGES = "data.volunteer_messages"
    FEEDBACK = "data.volunteer_feedback"


class Purpose(StrEnum):
    """What it is for."""

    SERVICE = "purpose.volunteer_service"


def _field(
    table: str,
    column: str,
    what: Data,
    basis: Basis = Basis.SERVICE,
    *,
    days: int | None = None,
) -> PersonalField:
    return PersonalField(table, column, what, Purpose.SERVICE, basis, days, Masking.HIDDEN)


PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("volunteer", "person_id", Data.VOLUNTEER),
    _field("volunteer", "named_at", Data.VOLUNTEER, Basis.CONSENT),
    _field("volunteer_team_member", "person_id", Data.TEAM),
    _field("volunteer_sign_up", "person_id", Data.SIGN_UPS),
    # 条例, article 19: whoever records service keeps the record and gives proof of it
    _field("volunteer_hours", "person_id", Data.HOURS, Basis.DUTY),
    _field("volunteer_certificate", "person_id", Data.CERTIFICATES),
    _field("volunteer_certificate", "sealed_snapshot", Data.CERTIFICATES),
    _field("volunteer_calendar", "person_id", Data.CALENDAR),
    PersonalField(
        "volunteer_calendar",
        "token_hash",
        Data.CALENDAR,
        Purpose.SERVICE,
        Basis.SERVICE,
        masking=Masking.SECRET,
    ),
    _field("volunteer_cloud_link", "person_id", Data.CLOUD, Basis.CONSENT),
    _field("volunteer_cloud_link", "cloud_id", Data.CLOUD, Basis.CONSENT),
    _field("volunteer_tour_score", "person_id", Data.SHEETS),
    _field("volunteer_tour_score", "remark", Data.SHEETS),
    _field("volunteer_feedback", "person_id", Data.FEEDBACK, days=KEEP_FEEDBACK),
    _field("volunteer_feedback", "sealed_words", Data.FEEDBACK, days=KEEP_FEEDBACK),
    _field("volunteer_interest", "person_id", Data.VOLUNTEER),
    _field("volunteer_interest", "tag", Data.VOLUNTEER),
    _field("volunteer_ask_me", "person_id", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me", "place_path", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me", "away_until", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me_window", "person_id", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me_window", "weekday", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me_window", "start_minute", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_ask_me_window", "end_minute", Data.ASK_ME, Basis.CONSENT),
    _field("volunteer_qualification", "person_id", Data.QUALIFICATION),
    _field("volunteer_qualification", "blob_key", Data.QUALIFICATION),
    _field("volunteer_qualification", "thumbnail_key", Data.QUALIFICATION),
    _field("volunteer_qualification", "checker_id", Data.QUALIFICATION),
    _field("volunteer_qualification", "reason", Data.QUALIFICATION),
    _field("volunteer", "day_before", Data.MESSAGES),
    _field("volunteer", "hours_before", Data.MESSAGES),
    _field("volunteer_team_member", "muted_at", Data.MESSAGES),
    _field("volunteer_announcement_receiver", "person_id", Data.MESSAGES),
    _field("volunteer_guardian", "child_id", Data.GUARDIAN, Basis.CONSENT),
    _field("volunteer_guardian", "guardian_id", Data.GUARDIAN, Basis.CONSENT),
    _field("volunteer_guardian", "phone_hash", Data.GUARDIAN, Basis.CONSENT),
)
