"""What becomes of a witness's signature that was handed in."""

from enum import StrEnum


class CosignAnswer(StrEnum):
    """The answer to whoever hands in a signature."""

    TAKEN = "cosign.taken"
    NO_NOTE = "cosign.no_note"
    TOO_OFTEN = "cosign.too_often"
    UNKNOWN_WITNESS = "cosign.unknown_witness"
    UNKNOWN_CHECKPOINT = "cosign.unknown_checkpoint"
    WRONG_SIGNATURE = "cosign.wrong_signature"
    WRONG_TIME = "cosign.wrong_time"


# as the witness protocol of C2SP answers (tlog-witness)
STATUS = {
    CosignAnswer.TAKEN: 200,
    CosignAnswer.NO_NOTE: 400,
    CosignAnswer.UNKNOWN_WITNESS: 403,
    CosignAnswer.UNKNOWN_CHECKPOINT: 404,
    CosignAnswer.WRONG_SIGNATURE: 403,
    CosignAnswer.WRONG_TIME: 422,
    CosignAnswer.TOO_OFTEN: 429,
}
