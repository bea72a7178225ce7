"""The application of the floor, under a short name."""

from __future__ import annotations

from django.apps import AppConfig


class FloorConfig(AppConfig):
    name = "tests.bench.floor"
    label = "floor"
