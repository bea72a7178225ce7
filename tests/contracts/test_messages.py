"""Every text has its Russian: the catalogues are complete, nothing in them is a guess, and what is compiled is what is written."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.contracts.sources import ROOT

pytestmark = pytest.mark.once
CATALOGUES = sorted((ROOT / "helpdesk").glob("locale/*/LC_MESSAGES/*.po")) + sorted(
    (ROOT / "admin_ext").glob("locale/*/LC_MESSAGES/*.po")
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))


def texts(entry: polib.POEntry) -> list[str]:
    """Return all translations of an entry."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    """Return the names that a text will have values put in for."""
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def test_there_is_a_russian_catalogue_for_the_domain_and_for_the_panel() -> None:
    assert [path.relative_to(ROOT).parts[0] for path in CATALOGUES] == ["helpdesk", "admin_ext"]


@each_catalogue
def test_no_translation_is_empty_or_a_guess(path: Path) -> None:
    catalogue = polib.pofile(str(path))

    assert [entry.msgid for entry in catalogue if not entry.obsolete and not all(texts(entry))] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


@each_catalogue
def test_counted_texts_have_all_russian_forms(path: Path) -> None:
    plural = [entry for entry in polib.pofile(str(path)) if entry.msgid_plural and not entry.obsolete]

    assert [entry.msgid for entry in plural if len(entry.msgstr_plural) not in {3, 4}] == []


@each_catalogue
def test_a_translation_names_no_value_its_text_does_not_have(path: Path) -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(path))
        for text in texts(entry)
        if not placeholders(text) <= placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
    ]

    assert wrong == []


@each_catalogue
def test_what_is_compiled_is_what_is_written(path: Path) -> None:
    def content(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], list[str]]:
        return {(entry.msgctxt, entry.msgid): texts(entry) for entry in catalogue if not entry.obsolete}

    compiled = polib.mofile(str(path.with_suffix(".mo")))

    assert content(compiled) == content(polib.pofile(str(path)))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
@each_catalogue
def test_no_text_of_the_sources_is_missing_from_the_catalogue(path: Path, tmp_path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    copy = tmp_path / package
    shutil.copytree(ROOT / package, copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    command = [sys.executable, str(ROOT / "manage.py"), "makemessages", "-l", path.parts[-3], "--no-location", "-v0"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)  # noqa: S603 - our own command

    def known(file: Path) -> set[tuple[str | None, str]]:
        return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(file)) if not entry.obsolete}

    assert known(copy / path.relative_to(ROOT / package)) - known(path) == set()
