"""Decides how the browser tests get a browser and a running desk; without a browser they are skipped with a clear line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.people import PASSWORD, Desk, make_desk

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
# Bootstrap shows in two steps, of which the second begins when the first has ended.
SETTLE = """async () => {
    const until = performance.now() + 2000;
    while (performance.now() < until && (document.getAnimations().length || document.querySelector('.showing, .hiding')))
        await new Promise((go) => setTimeout(go, 50));
}"""
TOO_WIDE = """[...document.querySelectorAll('main *')].filter(
    (item) => item.getBoundingClientRect().right > window.innerWidth + 1
).map((item) => item.tagName + '.' + item.className).slice(0, 5)"""
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def chromium() -> str | None:
    """Return the path of a Chromium on this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the machine's Chromium."""
    path = chromium()
    if path is None:
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail("no Chromium on this machine, and BROWSER_REQUIRED is set")
        pytest.skip("no Chromium on this machine: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


class Person:
    """Somebody at a browser of his own: signs in, and complains of errors in the console."""

    def __init__(self, browser: Any, address: str, login: str, size: str, theme: str = "light") -> None:
        context = browser.new_context(viewport=SIZES[size], locale="en", color_scheme=theme)
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.address = address
        self.errors: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}/admin/login/")
        if login:
            self.page.fill("[name=username]", login)
            self.page.fill("[name=password]", PASSWORD)
            self.page.click("form.card button")
            self.page.wait_for_url("**/admin/")

    def go(self, path: str) -> Any:
        """Open an address of the panel."""
        self.page.goto(self.address + path)
        return self.page

    def complaints(self) -> list[str]:
        """Return what axe finds that is serious or critical on the present page, and whether it is wider than the screen."""
        # Half-faded text is not yet what people read.
        self.page.evaluate(SETTLE)
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{item['id']}: {item['nodes'][0]['html'][:120]}"
            for item in found["violations"]
            if item["impact"] in {"serious", "critical"}
        ]
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            serious.append(f"wider than the screen: {self.page.evaluate(TOO_WIDE)}")
        return serious


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    """Return the desk of the named people, at the present moment."""
    return make_desk()
