"""Decides from whom a second factor is demanded: from everybody in one of the roles that the settings name."""

from __future__ import annotations

from django.conf import settings

from helpdesk.access.roles import Roles, Visitor, roles_of
from helpdesk.models import Role


def demands_second_factor(user: Visitor) -> bool:
    """Say whether `user` may work only after a second step. No query where no role is named."""
    wanted = frozenset(settings.SECOND_FACTOR_ROLES)
    return bool(wanted) and user.is_authenticated and bool(wanted & _names(roles_of(user)))


def _names(roles: Roles) -> frozenset[str]:
    """Return the roles in the sense of the settings: everybody is a requester, lines make agents and leads."""
    # A group by itself makes no agent: lines do.
    found = {Role.REQUESTER.value, *roles.groups} - {Role.AGENT, Role.LEAD}
    if roles.is_agent:
        found.add(Role.AGENT)
    if roles.is_lead:
        found.add(Role.LEAD)
    if roles.is_administrator:
        found.add(Role.ADMINISTRATOR)
    return frozenset(found)
