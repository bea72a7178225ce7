"""Decides after how many failures nobody may try again for a while: sign-ins, passwords, codes, tokens; panel and API together.

Counts are kept in the cache, which the processes of one machine share.
"""

from __future__ import annotations

import math
import time
from typing import Any

from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

FAILURES = 10
FAILURE_WINDOW = 300
DAY = 24 * 3600
# Of a million codes three are right at a time: who guesses fifty every day needs eighteen years.
CODES_A_DAY = 50


def seconds_to_wait(sort: str, who: str, *, most: int = FAILURES) -> int:
    """Return how long `who` has to wait before the next try, 0 when it may be made; asked before any password is hashed."""
    failed = cache.get(_key(sort, who))
    return max(1, math.ceil(failed[1] - time.time())) if failed and failed[0] >= most else 0


def sign_in_wait(login: str, address: str) -> int:
    """Return how long a sign-in as `login` from `address` has to wait: ten failures of the pair, fifty of the address."""
    return seconds_to_wait("sign-in", pair(login, address)) or seconds_to_wait("sign-in", address, most=FAILURES * 5)


def sign_in_failed(login: str, address: str) -> None:
    """Remember a failed sign-in."""
    count_failure("sign-in", pair(login, address))
    count_failure("sign-in", address)


def code_wait(person: int, address: str, *, from_app: bool) -> int:
    """Return how long the next code for `person` from `address` has to wait.

    Codes of an app: ten failures of the person in five minutes, fifty in a day, wherever they came from. Recovery codes,
    which nobody guesses: ten of the pair, so that a stranger cannot close this way out. Fifty of the address for both.
    """
    of_address = seconds_to_wait("code", address, most=FAILURES * 5)
    if not from_app:
        return seconds_to_wait("recovery", pair(str(person), address)) or of_address
    of_person = seconds_to_wait("code", f"person-{person}")
    return of_person or seconds_to_wait("code-day", f"person-{person}", most=CODES_A_DAY) or of_address


def code_failed(person: int, address: str, *, from_app: bool) -> None:
    """Remember a failed code."""
    count_failure("code", address)
    if not from_app:
        count_failure("recovery", pair(str(person), address))
        return
    count_failure("code", f"person-{person}")
    count_failure("code-day", f"person-{person}", window=DAY)


def code_taken(person: int, address: str, *, from_app: bool) -> None:
    """Forget the failures after a success; those of the day stay when only a recovery code was right."""
    forgive("recovery", pair(str(person), address))
    if from_app:
        forgive("code", f"person-{person}")
        forgive("code-day", f"person-{person}")


def address_of(request: Any) -> str:
    """Return the network address of the caller, behind as many proxies as the settings know."""
    return str(BaseThrottle().get_ident(request))


def pair(login: str, address: str) -> str:
    """Return the name under which the failures of a login from an address are counted.

    Counting by login alone would let anybody lock a colleague out.
    """
    return f"{login.lower()}@{address}"


def count_failure(sort: str, who: str, *, window: int = FAILURE_WINDOW) -> None:
    """Remember a failed attempt for `window` seconds from the first one, five minutes without it."""
    count, until = cache.get(_key(sort, who)) or (0, time.time() + window)
    cache.set(_key(sort, who), (count + 1, until), timeout=max(1, until - time.time()))


def forgive(sort: str, who: str) -> None:
    """Forget the failures after a success."""
    cache.delete(_key(sort, who))


def _key(sort: str, who: str) -> str:
    return f"failures-{sort}-{who.encode('utf-8', 'replace').hex()[:200]}"
