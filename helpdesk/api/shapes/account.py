"""Decides what is told of sessions and tokens, and what is taken to make them."""

from __future__ import annotations

from rest_framework import serializers

from helpdesk.api.shapes.parts import Id, Moment, Shape
from helpdesk.models import TokenScope


class SessionShape(Shape):
    """Whether this browser is signed in, and the value for the header X-CSRFToken."""

    signed_in = serializers.BooleanField()
    username = serializers.CharField(allow_null=True)
    csrf_token = serializers.CharField()

    class Meta:
        ref_name = "Session"


class SignIn(Shape):
    """Login and password, and a code where the person has a second factor."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        max_length=40, required=False, help_text="Of the app, or a recovery code. Each works once."
    )


class Proof(Shape):
    """What shows again who one is."""

    proof = serializers.CharField(
        max_length=1000, trim_whitespace=False, help_text="The password, or a code of the app."
    )


class SignInShape(Shape):
    """A browser that is signed in."""

    number = serializers.CharField(help_text="Names it for signing out; not the key of its session.")
    began_at = Moment()
    seen_at = Moment(help_text="To five minutes.")
    address = serializers.CharField()
    browser = serializers.CharField(help_text="What the browser says of itself.")
    is_this = serializers.BooleanField()

    class Meta:
        ref_name = "SignInPlace"


class TokenShape(Shape):
    """A token, without its text."""

    id = Id()
    name = serializers.CharField()
    start = serializers.CharField(help_text="Its first characters, to tell it from others.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=TokenScope.values))
    person = Id(source="person_id")
    created_at = Moment()
    expires_at = Moment(allow_null=True)
    last_used_at = Moment(allow_null=True, help_text="To the minute.")

    class Meta:
        ref_name = "Token"


class TokenNew(Shape):
    """A token to make."""

    name = serializers.CharField(max_length=100, help_text="What it is for.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=TokenScope.values), min_length=1, max_length=len(TokenScope.values)
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="At most a year ahead; a year without it."
    )
    person = Id(required=False, allow_null=True, help_text="A service account; administrators only. Yours without it.")


class TokenMade(TokenShape):
    """A token with its text, which is shown this one time."""

    token = serializers.CharField(
        allow_null=True, help_text="Send it as `Authorization: Bearer …`. Null in a repeated answer."
    )

    class Meta:
        ref_name = "TokenMade"


class PasswordNew(Shape):
    """The old password and the new one."""

    old_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PairShape(Shape):
    """A pair of tokens."""

    access = serializers.CharField(help_text="Send it as `Authorization: Bearer …`.")
    refresh = serializers.CharField(help_text="Good for one more pair.")
    expires_in = serializers.IntegerField(help_text="Seconds for which `access` is valid.")

    class Meta:
        ref_name = "Pair"


class RefreshGiven(Shape):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4096)


class Address(Shape):
    """An e-mail address."""

    email = serializers.EmailField(max_length=254)


class LinkPassword(Shape):
    """What the link of a letter has, and the new password."""

    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=200)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class SignUpNew(Shape):
    """What an employee says of himself to get an account."""

    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    department = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=40, help_text="With the code of the country or without.")
    username = serializers.CharField(max_length=150, help_text="The login.")
    password = serializers.CharField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})


class SignUpConfirm(Shape):
    """The secret of the letter, and another login if the first one is taken by now."""

    secret = serializers.CharField(max_length=200)
    username = serializers.CharField(max_length=150, required=False)


class SignUpDone(Shape):
    """The login of the account that was made, or that an administrator decides first."""

    username = serializers.CharField(allow_null=True, help_text="Null while an administrator has not approved it.")
    waits = serializers.BooleanField(help_text="Whether an administrator has to approve it.")


class InvitedNew(Shape):
    """What somebody who is invited says of himself. The e-mail is the one to which the letter came."""

    secret = serializers.CharField(max_length=200)
    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    department = serializers.CharField(max_length=150)
    phone = serializers.CharField(max_length=40, help_text="With the code of the country or without.")
    username = serializers.CharField(max_length=150, help_text="The login.")
    password = serializers.CharField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
