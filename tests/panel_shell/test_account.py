"""A person's photo and password: refused ones are told at their field and change nothing."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from helpdesk.models import User
from tests.people import PASSWORD, Desk


def picture(kind: str = "PNG") -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (40, 30)).save(stored, kind)
    return stored.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("me.png", b"not a picture"),
        ("me.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("big.png", picture() + b"0" * (5 * 1024 * 1024)),
        ("empty.png", b""),
    ],
)
def test_a_file_that_cannot_be_a_photo_is_told_at_its_field(desk: Desk, name: str, content: bytes) -> None:
    client = desk.client("anna")
    answer = client.post(reverse("admin:set_photo"), {"photo": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.content.decode()
    assert not User.objects.get(username="anna").photo


def test_a_photo_is_removed_only_when_asked_to(desk: Desk) -> None:
    client = desk.client("anna")
    client.post(reverse("admin:set_photo"), {"photo": SimpleUploadedFile("me.jpg", picture("JPEG"))})
    assert client.post(reverse("admin:set_photo")).status_code == 422
    assert User.objects.get(username="anna").photo

    client.post(reverse("admin:set_photo"), {"remove": "1"})
    assert not User.objects.get(username="anna").photo


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password2": "another-kitten-7"}, "new_password2"),
        ({"new_password1": "12345678", "new_password2": "12345678"}, "new_password1"),
        ({"new_password1": PASSWORD, "new_password2": PASSWORD}, "new_password1"),
        ({"new_password1": "", "new_password2": ""}, "new_password1"),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field(desk: Desk, values: dict[str, str], field: str) -> None:
    good = {"old_password": PASSWORD, "new_password1": "kitten-orbit-42", "new_password2": "kitten-orbit-42"}
    answer = desk.client("anna").post(reverse("admin:password_change"), {**good, **values})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "kitten-orbit-42" not in answer.content.decode()
    assert User.objects.get(username="anna").check_password(PASSWORD)


def test_a_new_password_keeps_this_sign_in_and_ends_the_others(desk: Desk) -> None:
    here, elsewhere = desk.client("anna"), desk.client("anna")
    new = "kitten-orbit-42"
    here.post(reverse("admin:password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert here.get(reverse("admin:index")).status_code == 200
    assert elsewhere.get(reverse("admin:index")).status_code == 302
