"""Tables of the ledger. Keys begin with the district, so that a city can be cut into parts."""

from credit.models.account import Account, AccountHolder, Consent
from credit.models.asking import CorrectionRequest
from credit.models.benefit import Benefit, BenefitEvent, Redemption
from credit.models.entry import Due, Entry, EntryDetail, Refusal
from credit.models.guard import GuardOutcome, ProbingAlarm, ProtectedMark, RetaliationMonth
from credit.models.guardian import Guardianship
from credit.models.honour import Honour, HonourVoice
from credit.models.log import Checkpoint, Log, Sealed, Unsealed
from credit.models.matter import (
    BasisConsent,
    DeductionBasis,
    Matter,
    MatterFile,
    MatterStep,
    MatterText,
    Objection,
)
from credit.models.quiz import QuizVersion
from credit.models.rule import RuleVersion
from credit.models.speaker import Speaker
from credit.models.switch import DeductionSwitch
from credit.models.triggers import KEPT_TABLES, keeping_statements
from credit.models.waiting import WaitingFact
from credit.models.witness import Cosignature

__all__ = [
    "KEPT_TABLES",
    "Account",
    "AccountHolder",
    "BasisConsent",
    "Benefit",
    "BenefitEvent",
    "Checkpoint",
    "Consent",
    "CorrectionRequest",
    "Cosignature",
    "DeductionBasis",
    "DeductionSwitch",
    "Due",
    "Entry",
    "EntryDetail",
    "GuardOutcome",
    "Guardianship",
    "Honour",
    "HonourVoice",
    "Log",
    "Matter",
    "MatterFile",
    "MatterStep",
    "MatterText",
    "Objection",
    "ProbingAlarm",
    "ProtectedMark",
    "QuizVersion",
    "Redemption",
    "Refusal",
    "RetaliationMonth",
    "RuleVersion",
    "Sealed",
    "Speaker",
    "Unsealed",
    "WaitingFact",
    "keeping_statements",
]
