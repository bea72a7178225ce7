"""Pages take nothing from a foreign host: neither our styles, scripts and templates nor what we vendor asks for one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.sources import ROOT

# What a browser would load by itself: url(…), @import, src=, href= of a stylesheet, a script's import, fetch or worker.
LOADS = re.compile(
    r"""(?ix)
    url\(\s*["']?(?:https?:)?//
    | @import\s+["'](?:https?:)?//
    | <(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=["'](?:https?:)?//
    | <link\b[^>]*\bhref=["'](?:https?:)?//
    | (?:\bimport|\bfrom|\bfetch\(|\bimport\(|\bimportScripts\(|new\s+(?:Worker|WebSocket|EventSource)\()\s*["'`](?:https?:|wss?:)?//
    | sourceMappingURL=https?://
    """
)


def own_files() -> list[Path]:
    """Return our styles, scripts, images of text, and templates, the vendored ones among them."""
    return sorted(
        path
        for package in ("helpdesk", "admin_ext")
        for folder in ("static", "templates")
        for path in (ROOT / package / folder).rglob("*")
        if path.suffix in {".css", ".js", ".mjs", ".html", ".svg", ".txt"}
    )


@pytest.mark.parametrize(
    "text",
    [
        "background: url(https://cdn.example/x.png)",
        "@import '//fonts.example/css';",
        '<script src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        'import "https://cdn.example/x.js"',
        "fetch('https://api.example/')",
        "//# sourceMappingURL=https://cdn.example/x.map",
    ],
)
def test_the_search_finds_what_it_is_for(text: str) -> None:
    assert LOADS.search(text)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://example.org/">',
        'xmlns="http://www.w3.org/2000/svg"',
        "url(data:image/png;base64,//8=)",
        "// see https://example.org",
    ],
)
def test_the_search_lets_links_and_comments_be(text: str) -> None:
    assert not LOADS.search(text)


def test_nothing_of_ours_is_loaded_from_a_foreign_host() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in own_files()
        for match in LOADS.finditer(path.read_text(encoding="utf-8"))
    }

    assert found == set()
