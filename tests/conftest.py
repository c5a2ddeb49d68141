"""What every test may ask for: the pretend WeChat's fixtures, and a browser.

`browser` and `page` drive the machine's own Chromium (CHROMIUM=/path picks one), or Playwright's. Where there is none,
tests that ask for it are skipped and the run says so loudly at its end; with REQUIRE_BROWSER=1 they fail instead.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from django_wechat import push_health

pytest_plugins = ["django_wechat.simulator.pytest_plugin"]

TIMEOUT = 15_000  # milliseconds; a busy machine with two cores is slow
SKIPPED = "BROWSER TESTS SKIPPED"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The sandbox needs an ordinary user; the rest keeps Chromium from calling home.
CHROMIUM_OPTIONS = [
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever drives a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly when browser tests were skipped."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if SKIPPED in str(report.longrepr)]
    if skipped:
        terminalreporter.section(SKIPPED, sep="!", red=True, bold=True)
        terminalreporter.line(f"{SKIPPED}: {len(skipped)} tests; install Chromium, or set CHROMIUM=/path/to/it.")


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No limit, API token, lock or look at a provider's health of an earlier test."""
    cache.clear()
    push_health._looked_at.clear()


@pytest.fixture
def serve_anew(transactional_db: None) -> Iterator[Callable[[], str]]:
    """Return a function that serves the site with MIDDLEWARE as it is now; `live_server` read it before any test."""
    servers: list[LiveServer] = []

    def serve() -> str:
        servers.append(LiveServer("localhost"))
        return str(servers[-1].url)

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running Chromium, one for each test module."""
    # Playwright's sync API keeps an event loop in this thread; Django would refuse the ORM beside it.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            chromium = _launch(playwright)
            expect.set_options(timeout=TIMEOUT)
            yield chromium
            chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page of a fresh browser context: a PC, in English."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


def _launch(playwright: Playwright) -> Browser:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=CHROMIUM_OPTIONS)
    except Error as error:
        reason = f"{SKIPPED}: {error.message.splitlines()[0]}"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"REQUIRE_BROWSER is set, but no browser starts: {error.message}")
        pytest.skip(reason)
