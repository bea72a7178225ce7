"""Decides whose password and session are taken: those of people. Accounts of programs act by their tokens only."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend


class PeopleBackend(ModelBackend):
    """Django's check of login and password, closed to service accounts; a session of one is nobody's."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether `user` may sign in at all: his account is on and belongs to a person."""
        return super().user_can_authenticate(user) and not user.is_service
