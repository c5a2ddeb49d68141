"""What every test may ask for: the pretend WeChat's fixtures, and a browser.

`browser` and `page` drive the machine's own Chromium (CHROMIUM=/path picks one), or Playwright's. Where there is none,
tests that ask for it are skipped and the run says so loudly at its end; with REQUIRE_BROWSER=1 they fail instead.

BROWSER_RERUNS=1 (CI has it) tries a failed browser test once more, and the run says at its end which ones needed it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.signals import user_logged_in
from django.apps import apps
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from django_wechat.stores import origins, push_health
from tests import rooms

# A machine that is busy with other tests takes its time; how fast something is, benchmarks tell.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

pytest_plugins = ["django_wechat.simulator.pytest_plugin"]

TESTS = Path(__file__).parent
TIMEOUT = 15_000  # milliseconds; a busy machine with two cores is slow
SKIPPED = "BROWSER TESTS SKIPPED"
UNSTEADY = "BROWSER TESTS THAT FAILED ONCE"
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
    """Mark whatever drives a browser, so that `-m "not browser"` leaves it out, and each test as its folder says.

    Files with a browser come first. They take the longest: at the end, one worker would run the last of them alone.
    """
    reruns = int(os.environ.get("BROWSER_RERUNS", "0"))
    for item in items:
        for difference in rooms.differences_of(item.path.parent.relative_to(TESTS).as_posix()):
            item.add_marker(difference)
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=reruns))
            # Tests that look inside cover what decides who is signed in; a browser takes a third longer with it.
            item.add_marker(pytest.mark.no_cover)
    slow = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly when browser tests were skipped, or did not pass at once."""
    unsteady = terminalreporter.stats.get("rerun", [])
    if unsteady:
        terminalreporter.section(UNSTEADY, sep="!", red=True, bold=True)
        for report in unsteady:
            terminalreporter.line(f"{report.nodeid}\n{report.longreprtext}")
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if SKIPPED in str(report.longrepr)]
    if skipped:
        terminalreporter.section(SKIPPED, sep="!", red=True, bold=True)
        terminalreporter.line(f"{SKIPPED}: {len(skipped)} tests; install Chromium, or set CHROMIUM=/path/to/it.")


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No limit, API token, lock or look at a provider's health of an earlier test."""
    cache.clear()
    push_health._looked_at.clear()
    origins._quiet_until.clear()


@pytest.fixture
def list_of_sessions() -> None:
    """Let allauth.usersessions write down each sign-in, as on a site that has it."""


@pytest.fixture(autouse=True)
def _no_list_of_sessions(request: pytest.FixtureRequest) -> Iterator[None]:
    """Elsewhere it does not: it asks for each session of before, and has no room for the keys of some kinds."""
    if "list_of_sessions" in request.fixturenames or not apps.is_installed("allauth.usersessions"):
        yield
        return
    from allauth.usersessions.signals import on_user_logged_in  # noqa: PLC0415 - not every site of the tests has it

    user_logged_in.disconnect(on_user_logged_in)
    yield
    user_logged_in.connect(on_user_logged_in)


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
