"""Does a real browser hear of scan and confirmation without asking, and ask again where streams are cut?"""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from playwright.sync_api import Page, Route, expect

from django_wechat.asgi import wechat_streams
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import FollowProviderFactory, MiniProgramFactory

pytestmark = pytest.mark.django_db(transaction=True)
APPID = seeds.OFFICIAL_ACCOUNT_APPID


@pytest.fixture(params=["wrapped", "view"])
def site(request: pytest.FixtureRequest, wechat_simulator: SimulatorServer) -> Iterator[str]:
    """A site under uvicorn: with the line in its asgi.py, and without it."""
    app = ASGIStaticFilesHandler(get_asgi_application())
    config = uvicorn.Config(wechat_streams(app) if request.param == "wrapped" else app, port=0, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    url = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    wechat_simulator.platform.find_app(APPID).push_url = f"{url}/accounts/wechat/site/events/"
    yield url
    server.should_exit = True
    server.force_exit = True
    thread.join()


@pytest.fixture
def platform(wechat_simulator: SimulatorServer) -> Platform:
    FollowProviderFactory()
    platform: Platform = wechat_simulator.platform
    return platform


def open_tab(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("tab", name="WeChat").click()
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", "ready")


def sign_in(page: Page, platform: Platform) -> None:
    """Scan by following, and confirm as the page behind the link would."""
    platform.scan_account_qr()
    platform.follow(APPID)
    expect(page.get_by_text("Confirm on your phone").first).to_be_visible()
    assert qr_sessions.confirm(QRSession.objects.get())
    expect(page.get_by_text("signed in as WeChat user")).to_be_visible()


def asked(page: Page) -> list[str]:
    """Return the last part of each QR address that the page asks, as it goes on."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url) if "/wechat/qr/" in request.url else None)
    return paths


def test_it_hears_and_never_asks(page: Page, site: str, platform: Platform) -> None:
    paths = asked(page)
    open_tab(page, site)
    sign_in(page, platform)
    ends = [path.rstrip("/").rpartition("/")[2] for path in paths]
    assert ends == ["qr", "stream", "finish"]


def test_where_streams_are_cut_it_asks(page: Page, site: str, platform: Platform) -> None:
    def cut(route: Route) -> None:
        route.abort()

    page.route("**/stream/", cut)
    paths = asked(page)
    open_tab(page, site)
    sign_in(page, platform)
    session = QRSession.objects.get()
    assert [path for path in paths if path.endswith(f"/{session.public_id}/")]


def test_a_program_that_was_opened_the_wrong_way_is_heard_of(page: Page, site: str, platform: Platform) -> None:
    WeChatProvider.objects.update(order=1)
    MiniProgramFactory(name="mini", enable_qr_code=True, order=0)
    paths = asked(page)
    open_tab(page, site)
    platform.scan_round_code(way="album")
    platform.ask_about_scene(site)
    expect(page.locator("[data-wechat-notice]")).to_be_visible()
    platform.scan_round_code()
    platform.ask_about_scene(site)
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", "scanned")
    platform.reply_to_scene("confirm")
    expect(page.get_by_text("signed in as")).to_be_visible()
    ends = [path.rstrip("/").rpartition("/")[2] for path in paths]
    assert ends == ["qr", "picture", "stream", "finish"]
