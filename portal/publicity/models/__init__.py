"""Tables of publicity."""

from portal.publicity.models.disclosure import DisclosedInput, KeyTask, KeyTaskChange
from portal.publicity.models.exposures import Exposure
from portal.publicity.models.participation import Participation, ParticipationMonth
from portal.publicity.models.questions import Question

__all__ = [
    "DisclosedInput",
    "Exposure",
    "KeyTask",
    "KeyTaskChange",
    "Participation",
    "ParticipationMonth",
    "Question",
]
