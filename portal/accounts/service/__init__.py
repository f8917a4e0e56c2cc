"""What may happen to accounts: the door for every other package."""

from portal.accounts.service.cards import (
    IssuedCard,
    issue_card,
    open_card,
    replace_card,
    revoke_card,
    sign_in_with_card,
)
from portal.accounts.service.erasure_list import (
    erasure_list,
    read_erasure_list,
    write_erasure_list,
)
from portal.accounts.service.factors import (
    begin_enrolment,
    confirm_enrolment,
    enrolment_address,
    give_second_factor,
    reset_second_factor,
)
from portal.accounts.service.own_data import register_own_data
from portal.accounts.service.people import (
    NewPerson,
    add_person,
    correct_person,
    set_age_band,
    set_password,
)
from portal.accounts.service.privacy import (
    PersonalDataProvider,
    PersonalTable,
    apply_erasures,
    erase_person,
    erasures,
    expire_personal_data,
    export_person,
    note_identity_look,
    note_person_look,
    personal_fields,
    register_personal_data,
)
from portal.accounts.service.roles import (
    Place,
    Wish,
    end_role,
    grant_role,
    grant_wish,
)
from portal.accounts.service.sessions import (
    Browser,
    Welcome,
    begin_session,
    end_other_sessions,
    end_session,
    session_token,
    sign_out,
    touch_session,
)
from portal.accounts.service.sign_in import (
    change_phone,
    new_link,
    send_code,
    sign_in_with_code,
    sign_in_with_link,
    sign_in_with_password,
)

__all__ = [
    "Browser",
    "IssuedCard",
    "NewPerson",
    "PersonalDataProvider",
    "PersonalTable",
    "Place",
    "Welcome",
    "Wish",
    "add_person",
    "apply_erasures",
    "begin_enrolment",
    "begin_session",
    "change_phone",
    "confirm_enrolment",
    "correct_person",
    "end_other_sessions",
    "end_role",
    "end_session",
    "enrolment_address",
    "erase_person",
    "erasure_list",
    "erasures",
    "expire_personal_data",
    "export_person",
    "give_second_factor",
    "grant_role",
    "grant_wish",
    "issue_card",
    "new_link",
    "note_identity_look",
    "note_person_look",
    "open_card",
    "personal_fields",
    "read_erasure_list",
    "register_personal_data",
    "replace_card",
    "reset_second_factor",
    "revoke_card",
    "send_code",
    "session_token",
    "set_age_band",
    "set_password",
    "sign_in_with_card",
    "sign_in_with_code",
    "sign_in_with_link",
    "sign_in_with_password",
    "sign_out",
    "touch_session",
    "write_erasure_list",
]

register_own_data()
