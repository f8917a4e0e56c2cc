"""The codes of a case and all that hangs on it. Stored by value: never rename a value."""

from enum import StrEnum


class State(StrEnum):
    """Where a case stands, in staff words (上报 … 结案)."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLED = "handled"
    REWORK = "rework"
    REOPENED = "reopened"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"
    NOT_FILED = "not_filed"
    VOID = "void"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    MERGED = "merged"
    # ends of their own: solved by whoever reported it, or by the head of her building
    SELF_SOLVED = "self_solved"
    SETTLED = "settled"


class PublicState(StrEnum):
    """The five words residents see: 反映 受理 交办 督导 反馈 (R061)."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    SUPERVISED = "supervised"
    FED_BACK = "fed_back"


class Event(StrEnum):
    """What happens to a case. Those that move it stand in the table of transitions."""

    REPORT = "report"
    ACCEPT = "accept"
    REFUSE = "refuse"
    FILE = "file"
    REFUSE_FILING = "refuse_filing"
    DISPATCH = "dispatch"
    RETURN = "return"
    RESPOND = "respond"
    HANDLE = "handle"
    SEND_BACK = "send_back"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"
    WITHDRAW = "withdraw"
    URGE = "urge"
    ADD_PHOTO = "add_photo"
    MODERATE = "moderate"
    RECLASSIFY = "reclassify"
    GRADE_DANGER = "grade_danger"
    NOTE = "note"
    UNDO = "undo"
    MERGE = "merge"
    SPLIT = "split"
    # what stops, lengthens or measures the handling's time
    ASK = "ask"
    REPLY = "reply"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    GRADE = "grade"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    # one matter that needs several units: parts of its own, each with a unit and a clock
    SPLIT_OFF = "split_off"
    PARTS_DONE = "parts_done"
    # a disputed matter before the city's joint meeting (城市管理联席会议)
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    # the reporter solved it herself; the desk agrees, or doubts it
    SELF_SOLVE = "self_solve"
    CONFIRM_SOLVED = "confirm_solved"
    DOUBT = "doubt"
    # the head of a building solved it; the reporter says whether it is so
    SETTLE = "settle"
    CONFIRM = "confirm"
    DENY = "deny"
    # looked at on the spot: before it is filed (核实), and after the handling (核查)
    VERIFY_SPOT = "verify_spot"
    RECHECK_SPOT = "recheck_spot"
    OUTSIDE_ANSWER = "outside_answer"


class Pause(StrEnum):
    """Why a case's clock stands still."""

    ASKED = "asked"
    SUSPENDED = "suspended"


class Source(StrEnum):
    """By which way a matter came (facts §3)."""

    RESIDENT = "resident"
    COLLECTOR = "collector"
    HOTLINE_12319 = "hotline_12319"
    HOTLINE_12345 = "hotline_12345"
    INSPECTION_GROUP = "inspection_group"
    MEDIA = "media"
    PETITION_PROXY = "petition_proxy"
    VOLUNTEER_PATROL = "volunteer_patrol"
    PLEDGE_INSPECTION = "pledge_inspection"
    OPEN311 = "open311"
    # a part of another matter, split off by the desk: never public, never counted beside it
    PART = "part"


class Target(StrEnum):
    """What a matter is aimed at: things are public, people and shops are protected (law P5)."""

    THING = "thing"
    PERSON_OR_SHOP = "person_or_shop"


class Precision(StrEnum):
    """How exactly the public learns the place: a noise report's pin is the reporter's home."""

    EXACT = "exact"
    ROAD = "road"
    COMMUNITY = "community"


class Closing(StrEnum):
    """What must be shown before a case counts as handled."""

    AFTER_PHOTO = "after_photo"
    WORDS = "words"


class Means(StrEnum):
    """How a closed matter was solved (721: service, management, enforcement)."""

    SERVICE = "service"
    MANAGEMENT = "management"
    ENFORCEMENT = "enforcement"


class Review(StrEnum):
    """The staff check of a text or photo before the public sees it."""

    PENDING = "pending"
    APPROVED = "approved"
    WITHHELD = "withheld"


class TextKind(StrEnum):
    """What a text on a case is. Texts lie beside the history, so that they can be erased."""

    DESCRIPTION = "description"
    PLACE = "place"
    REASON = "reason"
    ANSWER = "answer"
    NOTE = "note"
    PASSED_ON = "passed_on"
    ADDITION = "addition"
    QUESTION = "question"
    REPLY = "reply"
    # what another system answered: checked before the public reads it
    OUTSIDE_REPLY = "outside_reply"


class PhotoKind(StrEnum):
    """When a photo was taken: by the reporter, or by the unit after its work."""

    BEFORE = "before"
    AFTER = "after"


class Relation(StrEnum):
    """How somebody stands to a case."""

    FIRST = "first"
    PROXY = "proxy"
    ME_TOO = "me_too"

    @property
    def began(self) -> bool:
        """Whether the case began with her: she reported it, or somebody did for her."""
        return self is not Relation.ME_TOO


class LinkPurpose(StrEnum):
    """What a link in a message is for."""

    FOLLOW = "follow"
    RATE = "rate"
