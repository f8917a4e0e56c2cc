"""Why a step was taken, as codes: residents read the sentence that stands for the code."""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason a step may carry. Which step takes which stands in the table of transitions."""

    # refused at the desk (不予受理)
    OUT_OF_SCOPE = "out_of_scope"
    OTHER_PLACE = "other_place"
    NOT_CLEAR = "not_clear"
    DUPLICATE = "duplicate"
    NOT_A_MATTER = "not_a_matter"
    # looked at, but no case is made of it (不予立案)
    NOT_FOUND = "not_found"
    ALREADY_FIXED = "already_fixed"
    PERMITTED = "permitted"
    BELOW_CONDITION = "below_condition"
    # returned by the unit (退回)
    NOT_OURS = "not_ours"
    WRONG_PLACE = "wrong_place"
    NEEDS_ANOTHER_UNIT = "needs_another_unit"
    # sent back after a check (返工)
    NOT_DONE = "not_done"
    PARTLY_DONE = "partly_done"
    PHOTO_DOES_NOT_SHOW = "photo_does_not_show"
    CAME_BACK = "came_back"
    # taken out (作废)
    TEST = "test"
    ENTERED_BY_MISTAKE = "entered_by_mistake"
    # withheld from the public
    PERSONAL_DATA = "personal_data"
    FACES_OR_PLATES = "faces_or_plates"
    INSULT = "insult"
    NOT_THE_MATTER = "not_the_matter"
    ABOUT_A_PERSON_OR_SHOP = "about_a_person_or_shop"
    # the reporter did not agree to publish: no officer may decide otherwise (law P1)
    NOT_AGREED = "not_agreed"
    # more time is needed (延期)
    LARGER = "larger"
    MATERIAL = "material"
    SEVERAL_UNITS = "several_units"
    PROCEDURE = "procedure"
    # it cannot be settled for now (挂账)
    SEASON = "season"
    WORKS = "works"
    WEATHER = "weather"
    # parted again from a case it was joined with (拆分)
    ANOTHER_SPOT = "another_spot"
    ANOTHER_PROBLEM = "another_problem"
    OTHER = "other"
    # how severe a hazard is (R024), the worst first
    SEVERITY_1 = "severity_1"
    SEVERITY_2 = "severity_2"
    SEVERITY_3 = "severity_3"
    SEVERITY_4 = "severity_4"
    # what somebody found on the spot (核实, 核查)
    SPOT_TRUE = "spot_true"
    SPOT_NOT_TRUE = "spot_not_true"
    SPOT_GONE = "spot_gone"
    SPOT_CANNOT_FIND = "spot_cannot_find"


EXTEND_REASONS = (
    Reason.LARGER,
    Reason.MATERIAL,
    Reason.SEVERAL_UNITS,
    Reason.PROCEDURE,
    Reason.WEATHER,
    Reason.OTHER,
)
SUSPEND_REASONS = (Reason.SEASON, Reason.WORKS, Reason.WEATHER, Reason.OTHER)
REFUSE_REASONS = (
    Reason.OUT_OF_SCOPE,
    Reason.OTHER_PLACE,
    Reason.NOT_CLEAR,
    Reason.DUPLICATE,
    Reason.NOT_A_MATTER,
    Reason.OTHER,
)
REFUSE_FILING_REASONS = (
    Reason.NOT_FOUND,
    Reason.ALREADY_FIXED,
    Reason.PERMITTED,
    Reason.BELOW_CONDITION,
    Reason.DUPLICATE,
    Reason.OTHER,
)
RETURN_REASONS = (
    Reason.NOT_OURS,
    Reason.WRONG_PLACE,
    Reason.NEEDS_ANOTHER_UNIT,
    Reason.OTHER,
)
SEND_BACK_REASONS = (
    Reason.NOT_DONE,
    Reason.PARTLY_DONE,
    Reason.PHOTO_DOES_NOT_SHOW,
    Reason.CAME_BACK,
    Reason.OTHER,
)
VOID_REASONS = (Reason.DUPLICATE, Reason.TEST, Reason.ENTERED_BY_MISTAKE, Reason.OTHER)
WITHHOLD_REASONS = (
    Reason.PERSONAL_DATA,
    Reason.FACES_OR_PLATES,
    Reason.INSULT,
    Reason.NOT_THE_MATTER,
    Reason.OTHER,
)
SEVERITIES = (Reason.SEVERITY_1, Reason.SEVERITY_2, Reason.SEVERITY_3, Reason.SEVERITY_4)
# these go into the urgent lane, whatever the kind of problem says
GRAVE = frozenset({Reason.SEVERITY_1, Reason.SEVERITY_2})
SPLIT_REASONS = (
    Reason.ANOTHER_SPOT,
    Reason.ANOTHER_PROBLEM,
    Reason.ENTERED_BY_MISTAKE,
    Reason.OTHER,
)
SPOT_REASONS = (
    Reason.SPOT_TRUE,
    Reason.SPOT_NOT_TRUE,
    Reason.SPOT_GONE,
    Reason.SPOT_CANNOT_FIND,
)
