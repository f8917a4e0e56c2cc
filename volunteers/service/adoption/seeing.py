"""Who sees a photo: of the register everybody; of care everybody once the desk confirmed it."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from volunteers.queries.adoption.adoptions import belongs, member_in
from volunteers.queries.adoption.care import care_by_id
from volunteers.queries.adoption.plots import PhotoRow, plots_by_ids
from volunteers.rules.adoption.life import CareState
from volunteers.service.adoption.found import MANAGE


def sees_photo(session: Session, actor: Actor, photo: PhotoRow) -> bool:
    """Adopters of the plot and its desk see what is not confirmed yet; struck out only the desk."""
    plot = plots_by_ids(session, [photo.plot_id])[photo.plot_id]
    staff = actor.may(MANAGE, place_path=plot.place_path)
    if photo.care_id is None:
        return True
    care = care_by_id(session, photo.care_id)
    if care is None:
        return False
    if care.state is CareState.CONFIRMED or staff:
        return True
    mine = belongs(member_in(session, care.adoption_id, actor.person_id))
    return mine and care.state is CareState.WRITTEN
