"""What spot checks keep about people: photos of a street, on which somebody may be seen."""

from datetime import timedelta
from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField

# as long as the scores of two years can be compared; then the marks alone stay
PHOTO_DAYS = 730
PHOTOS_KEPT = timedelta(days=PHOTO_DAYS)
MOST_PHOTOS = 6


class CompanyData(StrEnum):
    """What is kept, in the words of the privacy page."""

    PHOTOS = "data.company_check_photos"


class CompanyPurpose(StrEnum):
    """What it is for."""

    CHECKS = "purpose.company_checks"


PERSONAL_FIELDS = tuple(
    PersonalField(
        "company_check_photo", column, CompanyData.PHOTOS, CompanyPurpose.CHECKS, Basis.DUTY,
        PHOTO_DAYS, Masking.HIDDEN, None,
    )
    for column in ("blob_key", "thumbnail_key")
)  # fmt: skip
