"""Signing: ways, states and steps of a pledge."""

from enum import StrEnum
from typing import Final

LONGEST_NOTICE: Final = 400
LONGEST_REASON: Final = 300
LANGUAGE_LENGTH: Final = 8


class SigningWay(StrEnum):
    """How it was signed: by a code to the phone of the register, at the desk, or in one visit,
    where the owner confirms by code or on paper."""

    CODE = "code"
    DESK = "desk"
    VISIT_CODE = "visit_code"
    VISIT_PAPER = "visit_paper"


BY_CODE: Final = frozenset({SigningWay.CODE, SigningWay.VISIT_CODE})
# a photo of the signed sheet is kept
ON_PAPER: Final = frozenset({SigningWay.VISIT_PAPER, SigningWay.DESK})


class PledgeState(StrEnum):
    """A pledge is in force from its signature on, until one of the ends."""

    IN_FORCE = "in_force"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class PledgeStep(StrEnum):
    """What is written into the history of a pledge."""

    SIGN = "sign"
    ASK_RENEWAL = "ask_renewal"
    RENEW = "renew"
    WITHDRAW = "withdraw"
    TENANT_LEAVES = "tenant_leaves"
    PREMISES_GO = "premises_go"
    STRIKE = "strike"


class Who(StrEnum):
    """By whose hand a step is taken."""

    OPERATOR = "operator"
    STAFF = "staff"
    CLOCK = "clock"


class NoticeWay(StrEnum):
    """How the notice of the duty area reached the operator."""

    SCREEN = "screen"
    PAPER = "paper"
    READ_ALOUD = "read_aloud"


class SigningRefusal(StrEnum):
    """Why nothing is signed. What is no matter of signing alone is ``refusals``'."""

    NO_TEXT = "signing.no_text"
    NEW_TEXT = "signing.new_text"
    NO_DUTY = "signing.no_duty"
    NEW_DUTY = "signing.new_duty"
    NOT_RECEIVED = "signing.not_received"
    NOT_TICKED = "signing.not_ticked"
    NO_NAME = "signing.no_name"
    NO_CODE = "signing.no_code"
    OTHER_OPERATOR = "signing.other_operator"
    SIGNED_ALREADY = "signing.signed_already"
    NO_MOBILE = "signing.no_mobile"
    OTHER_PHONE = "signing.other_phone"
    NO_BRANCH = "signing.no_branch"
    NO_PHOTO = "signing.no_photo"
    NOT_ON_PAPER = "signing.not_on_paper"
    OVER = "signing.over"
    SPEAKS_NO_MORE = "signing.speaks_no_more"
