"""Who sees which rows: the two forms of each rule agree, and notes never reach a requester."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from helpdesk import access, notify, queues, search
from helpdesk.access import Right
from helpdesk.access.backends import PeopleBackend
from helpdesk.actions import conversation, registration
from helpdesk.models import Membership, Ticket, User
from helpdesk.queues import Chip, Scope
from tests.people import LOGINS, PASSWORD, Desk


def some_tickets(desk: Desk) -> list[Ticket]:
    return [
        desk.ticket(),
        desk.ticket("on_review"),
        desk.file("boris"),
        desk.file("boris", desk.server, subject="Server is down"),
        registration.register(
            actor=desk.egor, requester=desk.boris, work_type=desk.mailbox, subject="By phone", text="He called."
        ),
    ]


def test_the_rule_for_rows_and_the_rule_for_one_row_agree(desk: Desk) -> None:
    tickets = some_tickets(desk)
    for login in LOGINS:
        person = desk.people[login]
        seen = set(access.visible_to(person).values_list("pk", flat=True))
        assert seen == {ticket.pk for ticket in tickets if access.can_see(person, ticket)}, login
        side = set(Ticket.objects.filter(access.support_side(person)).values_list("pk", flat=True))
        assert side == {ticket.pk for ticket in tickets if access.is_support(person, ticket)} or not seen, login


def test_people_see_what_their_roles_say(desk: Desk) -> None:
    by_anna, _review, by_boris, server, by_phone = some_tickets(desk)

    assert access.can_see(desk.anna, by_anna)
    assert not access.can_see(desk.anna, by_boris)
    assert not access.can_see(desk.alla, server)
    assert access.can_see(desk.egor, by_phone)
    assert access.can_see(desk.olga, server)
    assert not access.can_see(desk.katya, by_anna)
    assert access.visible_to(desk.ivan).count() == 0


def test_the_people_with_a_right_are_those_of_whom_it_is_said(desk: Desk) -> None:
    desk.boris.is_superuser = True
    desk.boris.save()
    Membership.objects.create(line=desk.second, person=desk.ivan, role="lead")

    for right in Right:
        said = {login for login, person in desk.people.items() if access.has_right(person, right)}
        assert {person.username for person in access.people_with(right)} == said != set(), right


@pytest.mark.parametrize("given", [{"username": "anna"}, {"password": PASSWORD}, {"token": PASSWORD}])
def test_half_of_what_lets_a_person_in_is_not_even_looked_up(
    desk: Desk, given: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert PeopleBackend().authenticate(None, **given) is None
    assert PeopleBackend().authenticate(None, username="anna", password=PASSWORD) == desk.anna


def test_who_has_not_signed_in_or_is_switched_off_finds_nothing(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="On the left.", to=[desk.alla.pk])
    notify.fan_out()
    User.objects.filter(pk=desk.boris.pk).update(photo="photos/boris.png")
    lists = (
        access.visible_to, access.visible_services, access.visible_work_types, access.visible_events,
        access.unread_messages, access.unread_notices,
    )  # fmt: skip

    def found(user: access.Visitor) -> list[bool]:
        return [*(rows(user).exists() for rows in lists), access.has_photo(user, desk.boris.pk) is not None]

    assert all(found(desk.alla))
    desk.alla.is_active = False
    for user in (desk.alla, AnonymousUser()):
        assert not any(found(user))


def test_who_sees_a_request_can_address_the_other_side_and_nobody_else_anybody(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    line = {"alla", "artem", "lev"}
    can = {
        "anna": {"alla"}, "alla": {"anna", *line} - {"alla"}, "olga": {"anna", *line}, "boris": set(), "egor": set(),
        "ivan": set(),
    }  # fmt: skip

    for login, names in can.items():
        found = access.addressable(desk.people[login], ticket)
        assert {person.username for person in found} == names, login


def test_an_internal_note_reaches_support_only(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="He is always rude, zanzibar.", internal=True)
    conversation.post(actor=desk.artem, ticket_id=ticket.pk, text="Note for you", internal=True, to=[desk.lev.pk])

    assert access.visible_messages(desk.anna, ticket).count() == 0
    assert access.visible_messages(desk.lev, ticket).count() == 2
    assert access.unread_messages(desk.lev).count() == 1
    assert not search.matching(access.visible_to(desk.anna), desk.anna, "zanzibar").exists()
    assert search.matching(access.visible_to(desk.lev), desk.lev, "zanzibar").exists()


def test_an_addressed_message_is_unread_until_it_is_read(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    assert access.unread_messages(desk.anna).count() == 1
    assert queues.counters(desk.anna).unread == 1

    conversation.mark_read(actor=desk.anna, ticket_id=ticket.pk)

    assert access.unread_messages(desk.anna).count() == 0


def test_what_a_person_does_not_see_any_more_is_not_counted(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.anna, ticket_id=ticket.pk, text="It is the one on the left.", to=[desk.alla.pk])
    notify.fan_out()
    alla = User.objects.get(username="alla")
    before = queues.counters(alla)
    told = access.unread_notices(alla).count()
    Membership.objects.filter(person=alla).delete()
    alla = User.objects.get(username="alla")

    # Without a line she has no work either, whatever is left in her name.
    after = queues.counters(alla)

    assert (before.assigned, before.unread, told > 0) == (1, 1 + told, True)
    assert (after.assigned, after.unread, access.unread_notices(alla).count()) == (0, 0, 0)


def test_counts_and_rows_agree(desk: Desk) -> None:
    for status in ("new", "in_work", "waiting", "on_review", "rework", "done", "cancelled"):
        desk.ticket(status)
    for login in ("anna", "alla", "lev", "olga"):
        person = desk.people[login]
        for scope in queues.scopes_for(person):
            tickets = queues.in_scope(person, scope)
            counts = queues.chip_counts(tickets)
            for chip in Chip:
                assert counts[chip] == queues.narrow(tickets, chip).count(), (login, scope, chip)
            assert not tickets.exclude(pk__in=access.visible_to(person)).exists()
    assert queues.chip_counts(queues.in_scope(desk.anna, Scope.MINE))[Chip.OPEN] == 5


def test_the_next_request_is_the_most_urgent_untaken_one(desk: Desk) -> None:
    from datetime import timedelta

    from helpdesk import moment
    from tests.people import NOON

    desk.ticket("in_work")
    with moment.at(NOON + timedelta(minutes=5)):
        later = desk.file()
    first = desk.file("boris")

    assert queues.next_for(desk.alla) == first.pk
    assert later.pk != first.pk
    assert queues.next_for(desk.anna) is None


def test_the_numbers_of_the_menu_are_one_query_and_follow_the_roles(desk: Desk, django_assert_num_queries: Any) -> None:
    desk.file()
    alla = desk.alla
    access.roles_of(alla)
    with django_assert_num_queries(1):
        before = queues.counters(alla)
    with django_assert_num_queries(1):
        assert queues.counters(alla) == before
    assert [(str(count.line), count.new) for count in before.lines] == [("First line", 1)]

    desk.first.memberships.filter(person=alla).delete()
    access.forget_roles(alla)

    assert [str(count.line) for count in queues.counters(alla).lines] == []


def test_messages_and_notices_are_counted_together_up_to_the_cap(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    desk.act("submit", "alla", ticket, comment="Done.")
    for number in range(3):
        conversation.post(actor=desk.alla, ticket_id=ticket.pk, text=f"Message {number}", to=[desk.anna.pk])
    notify.fan_out()
    whole = queues.counters(desk.anna).unread

    assert whole == access.unread_messages(desk.anna).count() + access.unread_notices(desk.anna).count()
    assert whole > 3
    assert queues.counters(desk.anna, cap=2).unread == 2
