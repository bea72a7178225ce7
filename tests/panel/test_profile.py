"""A person's own account: what he sets is kept, what is wrong is told at its field, pictures are made small and clean."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from helpdesk.models import User
from tests.people import PASSWORD, Desk

GOOD = {
    "first_name": "Anna",
    "last_name": "Petrova",
    "department": "Books",
    "phone": "8 (495) 123-45-67",
    "language": "en",
    "theme": "dark",
}


def test_the_profile_is_kept_and_signed(desk: Desk) -> None:
    desk.client("anna").post(reverse("admin:profile"), GOOD)

    anna = User.objects.get(username="anna")
    assert (anna.last_name, anna.phone, anna.theme) == ("Petrova", "+74951234567", "dark")
    assert anna.history.latest("history_id").history_user == anna


@pytest.mark.parametrize(
    "wrong", [{"last_name": ""}, {"first_name": "a\x07b"}, {"theme": "pink"}, {"phone": "x" * 41}, {"phone": "1"}]
)
def test_a_wrong_profile_changes_nothing(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.client("anna").post(reverse("admin:profile"), {**GOOD, **wrong})

    assert answer.status_code == 422
    assert User.objects.get(username="anna").last_name == "Smirnova"


def test_a_photo_is_made_small_and_shown_to_signed_in_people(desk: Desk) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (900, 600)).save(picture, "PNG")
    desk.client("anna").post(reverse("admin:set_photo"), {"photo": SimpleUploadedFile("me.png", picture.getvalue())})

    anna = User.objects.get(username="anna")
    assert Image.open(anna.photo).size == (320, 320)
    assert desk.client("boris").get(reverse("admin:photo", args=[anna.pk])).status_code == 200
    desk.client("anna").post(reverse("admin:set_photo"), {"photo": SimpleUploadedFile("me.png", b"not a picture")})
    assert User.objects.get(username="anna").photo


def test_a_password_is_changed_and_the_old_one_ends(desk: Desk) -> None:
    new = "kitten-orbit-42"
    values = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    client = desk.client("anna")
    client.post(reverse("admin:password_change"), {**values, "old_password": "wrong"})
    assert User.objects.get(username="anna").check_password(PASSWORD)

    client.post(reverse("admin:password_change"), values)

    assert User.objects.get(username="anna").check_password(new)
