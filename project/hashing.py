"""Decides how passwords are hashed: Argon2id at the cost that a small machine bears when everybody comes to work at nine."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: the least that OWASP recommends; Django's own take 100 MiB and eight lanes."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
