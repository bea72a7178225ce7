"""The tables of the desk as a small Django project would see them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    groups = None
    user_permissions = None

    class Meta:
        managed = False
        db_table = "helpdesk_user"

    # Columns of the desk that an insert would need; the floor inserts nobody.
    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Line(models.Model):
    name = models.CharField(max_length=150)

    class Meta:
        managed = False
        db_table = "helpdesk_supportline"

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    name = models.CharField(max_length=150)
    code = models.CharField(max_length=50)

    class Meta:
        managed = False
        db_table = "helpdesk_service"

    def __str__(self) -> str:
        return self.name


class Kind(models.Model):
    name = models.CharField(max_length=150)
    code = models.CharField(max_length=50)
    service = models.ForeignKey(Service, models.PROTECT)
    line = models.ForeignKey(Line, models.PROTECT)
    reaction_limit = models.CharField(max_length=10)
    execution_limit = models.CharField(max_length=10)

    class Meta:
        managed = False
        db_table = "helpdesk_worktype"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    line = models.ForeignKey(Line, models.PROTECT)
    person = models.ForeignKey(User, models.PROTECT)

    class Meta:
        managed = False
        db_table = "helpdesk_membership"

    def __str__(self) -> str:
        return f"{self.person_id} · {self.line_id}"


class Ticket(models.Model):
    status = models.CharField(max_length=20, default="new")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    requester = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    line = models.ForeignKey(Line, models.PROTECT)
    service = models.ForeignKey(Service, models.PROTECT)
    work_type = models.ForeignKey(Kind, models.PROTECT)
    priority = models.PositiveSmallIntegerField(default=3)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reopen_until = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    silently_accepted = models.BooleanField(default=False)
    corrected = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    last_action = models.CharField(max_length=20, default="register")
    reaction_limit = models.CharField(max_length=10)
    execution_limit = models.CharField(max_length=10)
    calendar_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "helpdesk_ticket"

    def __str__(self) -> str:
        return self.subject


class Message(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE)
    author = models.ForeignKey(User, models.PROTECT)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        managed = False
        db_table = "helpdesk_message"

    def __str__(self) -> str:
        return self.text
