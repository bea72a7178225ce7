"""Every field that points at a person is told in his export, or left out for a reason."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from helpdesk import own_data
from helpdesk.models import User


def pointing() -> Iterator[str]:
    """Yield every field of every model that leads to a person, histories apart: those tell of the record, not of who changed it."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.pk.name in ("history_id", "m2m_history_id"):
            continue
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if field.related_model is User or (model is User and field.many_to_many and field.name == "groups"):
                yield f"{model._meta.model_name}.{field.name}"


def test_everything_that_points_at_a_person_is_told_or_left_out_for_a_reason() -> None:
    told = {name for section in own_data.SECTIONS for name in section.covers}

    assert set(pointing()) - told - set(own_data.UNTOLD) == set(), (
        "a new model: tell it in own_data.sections, or say why not"
    )
    assert (told | set(own_data.UNTOLD)) - set(pointing()) == set()
    assert told & set(own_data.UNTOLD) == set()
    assert len({section.name for section in own_data.SECTIONS}) == len(own_data.SECTIONS)
