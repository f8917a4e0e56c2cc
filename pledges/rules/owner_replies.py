"""What an owner says in public: codes of refusals."""

from enum import StrEnum


class ReplyRefusal(StrEnum):
    """Why a public reply is not taken or moved."""

    NO_WORDS = "owner_reply.no_words"
    WAITING = "owner_reply.waiting"
    DECIDED = "owner_reply.decided"
