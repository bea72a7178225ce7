"""Decides which services and kinds a table without codes means: those of the same name, else new ones with codes of our making."""

from __future__ import annotations

from collections import Counter

from helpdesk.actions.entities import Key, Stored


class Stock:
    """What the catalog holds, asked by names; new names get codes that nobody has."""

    def __init__(self, services: dict[Key, Stored], kinds: dict[Key, Stored]) -> None:
        self._names = {str(plain["code"]).casefold(): str(plain["name"]) for plain in services.values()}
        self._codes = {str(plain["name"]).casefold(): str(plain["code"]) for plain in services.values()}
        self._times = Counter(str(plain["name"]).casefold() for plain in services.values())
        self._kinds = {
            (str(plain["service"]).casefold(), str(plain["name"]).casefold()): str(plain["code"])
            for plain in kinds.values()
        }
        self._taken = {(str(plain["service"]).casefold(), str(plain["code"]).casefold()) for plain in kinds.values()}
        self._by_kind = {str(plain["code"]).casefold(): str(plain["service"]) for plain in kinds.values()}
        self._kind_times = Counter(str(plain["code"]).casefold() for plain in kinds.values())

    def service_name(self, code: str) -> str | None:
        """Return the name of the service with this code, if it is there."""
        return self._names.get(code.casefold())

    def is_ambiguous(self, name: str) -> bool:
        """Say whether several services have this name."""
        return self._times[name.casefold()] > 1

    def service_of(self, kind_code: str) -> str | None:
        """Return the code of the one service that has a kind with this code."""
        known = self._by_kind.get(kind_code.casefold())
        return known if self._kind_times[kind_code.casefold()] == 1 else None

    def code_for_service(self, name: str) -> str:
        """Return the code of the service called `name`; a new one gets the next free number."""
        key = name.casefold()
        if key not in self._codes:
            number = len(self._names) + 1
            while f"s{number}" in self._names:
                number += 1
            self._codes[key] = f"S{number}"
            self._names[f"s{number}"] = name
        return self._codes[key]

    def code_for_kind(self, service: str, name: str) -> str:
        """Return the code of the kind called `name` in a service; a new one gets the next free number below it."""
        key = (service.casefold(), name.casefold())
        if key not in self._kinds:
            number = 1
            while (key[0], f"{key[0]}.{number}") in self._taken:
                number += 1
            self._kinds[key] = f"{service}.{number}"
            self._taken.add((key[0], f"{key[0]}.{number}"))
        return self._kinds[key]
