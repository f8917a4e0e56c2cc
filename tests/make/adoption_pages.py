"""Addresses of the pages of adoption: what stands in them, and who opens them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteers.models.adoption import Adoption, AdoptionCare, AdoptionPlot
from volunteers.rules.adoption.life import AdoptionState, CareState, PlotState

S = AdoptionState
NO_PAGE = {
    "adoption.photo": "a picture",
    "adoption.small_photo": "a picture",
    "adoption.points": "data of the map",
    **dict.fromkeys(
        ("adoption.register_csv", "adoption.register_xlsx", "adoption.desk_register_csv",
         "adoption.desk_register_xlsx"),
        "a table to download",
    ),
    "adoption.plaque": "leads on to the plot",
}  # fmt: skip
WHO = {
    **dict.fromkeys(
        ("adoption.my_adoption", "adoption.my_agreement", "adoption.my_care",
         "adoption.my_name", "adoption.my_step"),
        "resident",
    ),
    **dict.fromkeys(
        ("adoption.sign_renewal", "adoption.my_care_strike"), "resident"
    ),
    "adoption.sign_agreement": "resident",
}  # fmt: skip
CASES = {
    "adoption.show": "adopted",
    "adoption.rate": "adopted",
    "adoption.join": "adopted",
    "adoption.apply_page": "free_plot",
    "adoption.desk_plot": "free_plot",
    "adoption.desk_plot_photos": "free_plot",
    "adoption.desk_plot_gone": "free_plot",
    **dict.fromkeys(
        ("adoption.my_adoption", "adoption.my_agreement", "adoption.my_care", "adoption.my_name",
         "adoption.my_step", "adoption.sign_renewal", "adoption.sign_agreement",
         "adoption.my_care_strike", "adoption.desk_adoption", "adoption.desk_sign",
         "adoption.desk_renew", "adoption.desk_inspect", "adoption.desk_plaque",
         "adoption.desk_agreements",
         "adoption.desk_step", "adoption.desk_care_strike", "adoption.desk_check"),
        "adoption",
    ),
}  # fmt: skip
PAIRS = {
    ("adoption.my_care_strike", "line"): "care_line",
    ("adoption.desk_care_strike", "line"): "care_line",
    ("adoption.my_step", "step"): "adoption_step",
    ("adoption.desk_step", "step"): "desk_step",
}
MORE = (
    ("adoption-free", "", "/adoption/{free_plot}"),
    ("adoption-heritage", "", "/adoption/{heritage}"),
    ("adoption-not-free", "shop_owner", "/adoption/{adopted}/apply"),
    ("adoption-applied", "resident", "/me/adoptions/{application}"),
    ("adoption-applied-desk", "street_desk", "/desk/adoption/{application}"),
)


def adoption_things(session: Session) -> dict[str, str]:
    """What the demo has planted: an adopted plot with its log, a free one, an old tree."""
    held = session.execute(
        select(Adoption.id, Adoption.number, AdoptionPlot.number.label("plot"))
        .join(AdoptionPlot, AdoptionPlot.id == Adoption.plot_id)
        .where(Adoption.state == S.ACTIVE, AdoptionPlot.register_number == "PD-LD-0001")
    ).one()
    written = select(AdoptionCare.number).where(
        AdoptionCare.adoption_id == held.id, AdoptionCare.state == CareState.WRITTEN
    )
    there = AdoptionPlot.state == PlotState.THERE
    number = select(AdoptionPlot.number).where(there)
    return {
        "adoption": held.number,
        "adopted": held.plot,
        "care_line": session.scalars(written).one(),
        "free_plot": session.scalars(
            number.where(AdoptionPlot.register_number == "PD-LD-0004")
        ).one(),
        "heritage": session.scalars(
            number.where(AdoptionPlot.register_number == "PD-GS-0001")
        ).one(),
        "application": session.scalars(
            select(Adoption.number).where(Adoption.state == S.APPLIED)
        ).one(),
        "adoption_step": "give_notice",
        "desk_step": "remind",
    }
