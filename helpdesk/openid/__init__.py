"""Decides how the company's sign-in is spoken to (OpenID Connect), and what of its answers is believed. Knows no accounts."""

from helpdesk.openid.flow import Arrival, Begun, begin, finish, sign_out_address
from helpdesk.openid.provider import Declined, ProviderDown, Untrusted, describe, forget, is_used

__all__ = [
    "Arrival",
    "Begun",
    "Declined",
    "ProviderDown",
    "Untrusted",
    "begin",
    "describe",
    "finish",
    "forget",
    "is_used",
    "sign_out_address",
]
