"""Who and what the invented tickets are about. See `tests.bench.fill`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REQUESTERS, AGENTS, LINES, SERVICES, KINDS = 5_000, 50, 10, 12, 60


@dataclass(frozen=True)
class Cast:
    """Who and what the tickets are about."""

    requesters: list[int]
    agents: dict[int, list[int]]
    kinds: list[Any]


def cast() -> Cast:
    """Make the people, the lines and the catalog. Everybody's password is `demo`."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group

    from helpdesk.models import Membership, Service, SupportLine, User, WorkType

    password = make_password("demo")
    people = [
        User(
            username=f"p{n}",
            first_name="Анна",
            last_name=f"Сотрудница {n}",
            email=f"p{n}@example.com",
            password=password,
        )
        for n in range(REQUESTERS)
    ]
    people += [
        User(username=f"a{n}", first_name="Алла", last_name=f"Агентова {n}", email=f"a{n}@example.com", password=password, is_staff=True)
        for n in range(AGENTS)
    ]  # fmt: skip
    User.objects.bulk_create(people)
    root = User.objects.create(
        username="root", is_staff=True, is_superuser=True, password=password, last_name="Главный"
    )
    root.groups.set(Group.objects.all())
    requesters = list(User.objects.filter(is_staff=False).order_by("pk").values_list("pk", flat=True))
    staff = list(User.objects.filter(is_staff=True).exclude(pk=root.pk).order_by("pk").values_list("pk", flat=True))
    default = SupportLine.objects.get(is_default=True)
    lines = [default, *(SupportLine.objects.create(name=f"Линия {n}") for n in range(2, LINES + 1))]
    agents: dict[int, list[int]] = {line.pk: [] for line in lines}
    for number, person in enumerate(staff):
        line = lines[number % LINES]
        agents[line.pk].append(person)
        Membership.objects.create(line=line, person_id=person, role="lead" if number < LINES else "member")
    services = [Service.objects.create(code=f"S{n}", name=f"Сервис {n}") for n in range(SERVICES)]
    for n in range(KINDS):
        WorkType.objects.create(
            service=services[n % SERVICES], code=f"S{n % SERVICES}.{n}", name=f"Вид работ {n}", line=lines[n % LINES],
            reaction_limit=("30m", "1h", "4h")[n % 3], execution_limit=("4h", "8h", "3d")[n % 3],
        )  # fmt: skip
    return Cast(requesters, agents, list(WorkType.objects.order_by("pk")))
