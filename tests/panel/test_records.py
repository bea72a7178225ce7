"""Administrators' records: who may open and save them, forged posts change nothing, the history has the acting person."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from helpdesk.actions import records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ReplyTemplate, Service, SupportLine, User, WorkType
from tests.people import Desk

MODELS = {
    "service": "rk",
    "worktype": "rk",
    "supportline": "r",
    "user": "r",
    "workcalendar": "r",
    "replytemplate": "rl",
}
PEOPLE = {"r": "roman", "k": "katya", "l": "lev", "a": "alla", "n": "anna", "o": "olga"}


@pytest.mark.parametrize("model", MODELS)
def test_only_those_with_the_right_open_a_model(desk: Desk, model: str) -> None:
    for letter, login in PEOPLE.items():
        client = desk.client(login)
        expected = 200 if letter in MODELS[model] else 403
        assert client.get(reverse(f"admin:helpdesk_{model}_changelist")).status_code == expected, login
        assert client.get(reverse(f"admin:helpdesk_{model}_add")).status_code == expected, login


def test_a_service_is_saved_with_its_history(desk: Desk) -> None:
    address = reverse("admin:helpdesk_service_change", args=[desk.mail.pk])
    values = {"name": "Post", "code": "MAIL", "icon": "mail", "description": "", "is_active": "on"}

    desk.client("katya").post(address, values)

    newest = Service.objects.get().history.latest("history_id")
    assert (newest.name, newest.history_user) == ("Post", desk.katya)
    text = desk.client("katya").get(reverse("admin:helpdesk_service_history", args=[desk.mail.pk])).content.decode()
    assert "Mail" in text
    assert "Katya Orlova" in text


def test_a_limit_is_a_number_and_a_unit(desk: Desk) -> None:
    values = {
        "service": desk.mail.pk, "name": "Alias", "code": "MAIL.3", "kind": "request", "priority": "3", "description": "",
        "line": "", "reaction_limit_0": "30", "reaction_limit_1": "m", "execution_limit_0": "2", "execution_limit_1": "bd",
        "is_active": "on",
    }  # fmt: skip
    client = desk.client("katya")

    client.post(reverse("admin:helpdesk_worktype_add"), values)
    wrong = client.post(reverse("admin:helpdesk_worktype_add"), {**values, "code": "MAIL.4", "reaction_limit_0": "0"})

    made = WorkType.objects.get(code="MAIL.3")
    assert (str(made.reaction_limit), str(made.execution_limit)) == ("30m", "2bd")
    assert wrong.status_code == 200
    assert not WorkType.objects.filter(code="MAIL.4").exists()


def test_the_default_line_moves_and_is_never_missing(desk: Desk) -> None:
    desk.client("roman").post(
        reverse("admin:helpdesk_supportline_changelist"),
        {"action": "make_default", "_selected_action": [desk.second.pk]},
    )

    assert list(SupportLine.objects.filter(is_default=True)) == [desk.second]
    desk.second.refresh_from_db()
    desk.second.is_active = False
    with pytest.raises((ActionRefused, records.ValidationError)):
        records.save(actor=desk.roman, record=desk.second)


def test_an_agent_cannot_give_himself_a_role(desk: Desk) -> None:
    address = reverse("admin:helpdesk_user_change", args=[desk.alla.pk])
    values = {"username": "alla", "roles": ["administrator"], "is_active": "on", "is_superuser": "on", "is_staff": "on"}

    assert desk.client("alla").post(address, values).status_code == 403
    desk.client("roman").post(address, {**values, "roles": ["analyst"], "email": "alla@example.com"})

    alla = User.objects.get(username="alla")
    assert sorted(alla.groups.values_list("name", flat=True)) == ["agent", "analyst"]
    assert not alla.is_superuser


def test_a_person_is_added_with_a_password_that_is_never_shown(desk: Desk) -> None:
    client = desk.client("roman")
    values = {
        "username": "pavel", "first_name": "Pavel", "last_name": "Zhukov", "email": "p@example.com", "department": "", "phone": "",
        "usable_password": "true", "password1": "kitten-orbit-42", "password2": "kitten-orbit-42",
    }  # fmt: skip
    client.post(reverse("admin:helpdesk_user_add"), values)

    pavel = User.objects.get(username="pavel")
    assert pavel.check_password("kitten-orbit-42")
    text = client.get(reverse("admin:helpdesk_user_change", args=[pavel.pk])).content.decode()
    assert "kitten" not in text
    assert pavel.password not in text


def test_a_lead_keeps_templates_of_his_lines_only(desk: Desk) -> None:
    foreign = ReplyTemplate.objects.create(line=desk.second, name="Theirs", text="x")
    client = desk.client("lev")

    client.post(reverse("admin:helpdesk_replytemplate_add"), {"line": desk.second.pk, "name": "Mine?", "text": "x"})
    client.post(
        reverse("admin:helpdesk_replytemplate_add"), {"line": desk.first.pk, "name": "Mine", "text": "Hello {name}"}
    )
    client.post(
        reverse("admin:helpdesk_replytemplate_change", args=[foreign.pk]),
        {"line": desk.first.pk, "name": "Taken", "text": "x"},
    )

    assert sorted(ReplyTemplate.objects.values_list("name", flat=True)) == ["Mine", "Theirs"]


def test_a_service_with_requests_cannot_be_deleted(desk: Desk) -> None:
    desk.file()
    desk.client("katya").post(reverse("admin:helpdesk_worktype_delete", args=[desk.mailbox.pk]), {"post": "yes"})

    assert WorkType.objects.filter(pk=desk.mailbox.pk).exists()


def test_a_phone_is_kept_in_one_notation_and_a_wrong_one_is_told(desk: Desk) -> None:
    address = reverse("admin:helpdesk_user_change", args=[desk.anna.pk])
    values = {
        "username": "anna",
        "first_name": "Anna",
        "last_name": "Smirnova",
        "email": "a@example.com",
        "is_active": "on",
    }
    User.objects.filter(pk=desk.anna.pk).update(phone="old one")

    assert desk.client("roman").post(address, {**values, "phone": "old one"}).status_code == 302
    assert desk.client("roman").post(address, {**values, "phone": "8 (495) 123-45-67"}).status_code == 302
    answer = desk.client("roman").post(address, {**values, "phone": "12345678"})

    assert "This is not a phone number." in answer.content.decode()
    assert User.objects.get(username="anna").phone == "+74951234567"


def test_a_cell_knows_its_column_for_phones_and_says_yes_and_no_in_words(desk: Desk) -> None:
    Service.objects.create(name="Fax", code="FAX", is_active=False)

    text = desk.client("katya").get(reverse("admin:helpdesk_service_changelist")).content.decode()

    assert '<td data-label="Code"' in text
    assert '<th data-label="Name"' in text
    assert "icon-yes" not in text
    assert ">yes</title>" in text or 'aria-label="yes"' in text
    assert '<span class="visually-hidden">no</span>' in text


def test_a_tab_of_the_browser_is_named_after_what_is_on_the_page(desk: Desk) -> None:
    """Django's own titles put a noun into a sentence, which Russian would have to decline."""
    User.objects.filter(pk=desk.roman.pk).update(language="ru")
    client = desk.client("roman")

    def titled(name: str, *args: object) -> str:
        text = client.get(reverse(f"admin:helpdesk_supportline_{name}", args=args))
        return re.findall(r"<title>(.+) · HelpDesk</title>", text.content.decode())[0]

    assert titled("changelist") == "Линии поддержки"
    assert titled("add") == "Новая запись: линия поддержки"
    assert titled("change", desk.first.pk) == "First line"


def test_what_can_only_be_read_says_yes_and_no_in_words(desk: Desk) -> None:
    text = desk.client("roman").get(reverse("admin:helpdesk_user_change", args=[desk.anna.pk])).content.decode()

    assert re.search(r"Service account</div>\s*No\s*</div>", text)
    assert "icon-no.svg" not in text


def test_a_password_that_is_set_for_somebody_is_asked_for_as_any_other_field(desk: Desk) -> None:
    address = reverse("admin:auth_user_password_change", args=[desk.anna.pk])
    client = desk.client("roman")

    page = client.get(address).content.decode()
    assert len(re.findall(r'<input [^>]*name="password[12]"[^>]*class="form-control"', page)) == 2
    assert "optional" not in page
    for values in ({"password1": "", "password2": ""}, {"password1": "Quiet-harbour-7", "password2": ""}):
        answer = client.post(address, {"usable_password": "true", **values})
        assert "This field is required." in answer.content.decode()
        desk.anna.refresh_from_db()
        assert not desk.anna.check_password("Quiet-harbour-7")
    client.post(address, {"usable_password": "true", "password1": "Quiet-harbour-7", "password2": "Quiet-harbour-7"})
    desk.anna.refresh_from_db()
    assert desk.anna.check_password("Quiet-harbour-7")


def test_a_select_says_what_it_means_to_choose_nothing(desk: Desk) -> None:
    text = desk.client("katya").get(reverse("admin:helpdesk_worktype_add")).content.decode()

    assert "---------" not in text
    for field, words in (("service", "Choose…"), ("line", "None")):
        options = text.partition(f'name="{field}"')[2].partition("</select>")[0]
        assert f'<option value="" selected>{words}</option>' in options
