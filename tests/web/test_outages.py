"""Does every step of every journey end in words with a way on, or signed in, while the database or the cache is gone?

Each step is tried with the database, or the cache, gone from its first question on, from its second, and so on. Nobody
gets a bare 500, and once all is well again the visitor signs in.
"""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.test import Client

from django_wechat.models import QRSession
from django_wechat.problems import outages
from django_wechat.setup.check import site
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import FollowProviderFactory
from tests.faults import FAULTY_CACHE, cache_down, database_down
from tests.pushes import fields, query, xml
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import CALLBACK, LOGIN, QR, Visitor, in_wechat, state_of

pytestmark = pytest.mark.django_db(transaction=True)

PANEL = "/accounts/wechat/panel/"
APPID = seeds.OFFICIAL_ACCOUNT_APPID
EVENTS = "/accounts/wechat/site/events/"
MANY = 60
"""More questions than any step asks."""


@dataclass
class Scene:
    """A visitor in the middle of a sign-in, and the step that comes next; `again` is how a person goes on after it."""

    visitor: Visitor
    step: Callable[[], Any]
    again: Callable[[], object] = field(default=lambda: None)


def _sign_in_anew(visitor: Visitor) -> Callable[[], object]:
    return lambda: visitor.sign_in()


def _follow(visitor: Visitor) -> dict[str, Any]:
    return visitor.open_qr()


def _phone() -> Client:
    return Client(headers={"user-agent": IPHONE_WECHAT}, raise_request_exception=False)


def _newest() -> QRSession:
    return QRSession.objects.latest("pk")


def _link() -> str:
    return f"/accounts/wechat/confirm/{qr_sessions.confirm_key(_newest().scene)}/"


def _scan() -> None:
    qr_sessions.scan(_newest(), f"openid-of-{_newest().pk}", confirmed=False)


def _confirmed(visitor: Visitor) -> dict[str, Any]:
    opened = _follow(visitor)
    qr_sessions.scan(_newest(), _follower(visitor), confirmed=True)
    return opened


def _follower(visitor: Visitor) -> str:
    """Have the person follow; return the openid."""
    platform = visitor.simulator.platform
    openid = platform.find_person(visitor.person).openid(APPID)
    if platform.find_by_openid(platform.find_app(APPID), openid)[1] is None:
        platform.follow(APPID, visitor.person)
    return str(openid)


def _start_page(visitor: Visitor) -> Scene:
    return Scene(visitor, lambda: visitor.client.get(LOGIN + "?next=/there/"), _sign_in_anew(visitor))


def _start(visitor: Visitor) -> Scene:
    return Scene(visitor, lambda: visitor.client.post(LOGIN), _sign_in_anew(visitor))


def _panel(visitor: Visitor) -> Scene:
    return Scene(visitor, lambda: visitor.client.get(PANEL), _sign_in_anew(visitor))


def _frame(visitor: Visitor) -> Scene:
    return Scene(visitor, lambda: visitor.client.post(QR, {"kind": "open_platform"}), _sign_in_anew(visitor))


def _back(visitor: Visitor) -> Scene:
    url = visitor.start()
    answer = {"code": visitor.allow(url), "state": state_of(url)}
    return Scene(visitor, lambda: visitor.client.get(CALLBACK, answer), _sign_in_anew(visitor))


def _back_of_somebody_known(visitor: Visitor) -> Scene:
    Visitor(visitor.simulator).sign_in()
    return _back(visitor)


def _open(visitor: Visitor) -> Scene:
    return Scene(visitor, lambda: visitor.client.post(QR), _sign_in_anew(visitor))


def _ask(visitor: Visitor) -> Scene:
    opened = _follow(visitor)
    return Scene(visitor, lambda: visitor.client.get(opened["status_url"]), _sign_in_anew(visitor))


def _push(visitor: Visitor) -> Scene:
    """WeChat asks again, and the scan counts."""
    FollowProviderFactory._meta.model.objects.update(encoding_aes_key="")
    _follow(visitor)
    scene, openid = _newest().scene, _follower(visitor)

    def push() -> Any:
        body = xml(fields("SCAN", scene, FromUserName=openid))
        address = f"{EVENTS}?{urlencode(query(seeds.OFFICIAL_ACCOUNT_TOKEN))}"
        return _phone().post(address, body, content_type="text/xml")

    def again() -> None:
        assert push().status_code == 200
        assert _newest().status == "scanned"
        visitor.sign_in()

    return Scene(visitor, push, again)


def _question(visitor: Visitor) -> Scene:
    _follow(visitor)
    _scan()
    link = _link()
    return Scene(visitor, lambda: _phone().get(link), _sign_in_anew(visitor))


def _answer(visitor: Visitor) -> Scene:
    _follow(visitor)
    _scan()
    link = _link()

    def again() -> None:
        _phone().post(link, {"answer": "confirm"})
        assert _newest().status == "confirmed"
        visitor.sign_in()

    return Scene(visitor, lambda: _phone().post(link, {"answer": "confirm"}), again)


def _finish(visitor: Visitor, **headers: str) -> Scene:
    """The code stays confirmed: the same press signs in."""
    opened = _confirmed(visitor)

    def finish() -> Any:
        return visitor.client.post(opened["finish_url"], headers=headers)

    return Scene(visitor, finish, finish)


def _finish_by_script(visitor: Visitor) -> Scene:
    return _finish(visitor, accept="application/json")


STEPS = (
    *(_start_page, _start, _panel, _frame, _back, _back_of_somebody_known),
    *(_open, _ask, _push, _question, _answer, _finish, _finish_by_script),
)
BY_SCRIPT = (_panel, _frame, _open, _ask, _finish_by_script)


@pytest.fixture
def visitors(wechat_simulator: SimulatorServer, settings: Any) -> Iterator[Callable[[], Visitor]]:
    settings.CACHES = FAULTY_CACHE
    FollowProviderFactory(access_token=seeds.OFFICIAL_ACCOUNT_TOKEN)

    def one_more() -> Visitor:
        visitor = Visitor(wechat_simulator)
        visitor.client.raise_request_exception = False
        return visitor

    yield one_more
    caches["default"].clear()


def assert_told(response: Any, *, by_script: bool) -> None:
    """All went well, or there are words; what Django does with its session after the view is not in our hands."""
    if response.status_code == 500:
        frames = [frame.filename for frame in traceback.extract_tb(response.exc_info[2])]
        assert any(name.endswith("sessions/middleware.py") for name in frames), "".join(
            traceback.format_exception(*response.exc_info)
        )
        return
    if response.status_code in (200, 302, 400):  # 400 is the session again
        return
    text = response.content.decode()
    if by_script:
        assert response.json()["error"]["message"]
    elif response["Content-Type"].startswith("text/html"):
        assert "wechat-button" in text or "wechat-outcome" in text
    else:
        assert text == "out of order"
    if any(words in text for words in ("out_of_order", "does not answer", "out of order")):
        assert response.status_code == 503
        assert int(response["Retry-After"]) == outages.SECONDS
        assert "no-cache" in response["Cache-Control"]
    assert "the database is gone" not in text
    assert "connection refused" not in text


@pytest.mark.parametrize("make", STEPS, ids=lambda step: step.__name__.strip("_"))
def test_the_database_is_gone(visitors: Callable[[], Visitor], make: Callable[[Visitor], Scene]) -> None:
    for after in range(MANY):
        scene = make(visitors())
        with database_down(after=after) as database:
            response = scene.step()
            statements = database.asked
        assert_told(response, by_script=make in BY_SCRIPT)
        if after == 0:
            assert response.status_code == (503 if make is not _start_page else response.status_code)
        scene.again()
        assert scene.visitor.user is not None
        if statements <= after:
            break
    assert statements <= after < MANY


@pytest.mark.parametrize("make", STEPS, ids=lambda step: step.__name__.strip("_"))
def test_the_cache_is_gone(visitors: Callable[[], Visitor], make: Callable[[Visitor], Scene]) -> None:
    """All goes on without it."""
    for after in range(6):
        scene = make(visitors())
        with cache_down(after=after):
            assert scene.step().status_code in (200, 302)
        scene.again()
        assert scene.visitor.user is not None


@pytest.mark.parametrize("engine", ["cached_db", "cache"])
@pytest.mark.parametrize("make", [_start, _frame, _back, _finish, _finish_by_script], ids=lambda step: step.__name__)
def test_the_cache_is_gone_and_sessions_are_in_it(
    visitors: Callable[[], Visitor], make: Callable[[Visitor], Scene], engine: str, settings: Any
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    for after in range(4):
        scene = make(visitors())
        with cache_down(after=after):
            response = scene.step()
        assert_told(response, by_script=make in BY_SCRIPT)
        scene.again()
        assert scene.visitor.user is not None


def test_with_the_cache_gone_from_beginning_to_end(visitors: Callable[[], Visitor]) -> None:
    visitor = visitors()
    with cache_down():
        for _ in range(3):
            assert visitor.open_qr()["kind"] == "official_account"
        assert visitor.simulator.platform.count("/api/cgi-bin/stable_token") == 1
        visitor.sign_in()
    assert visitor.user is not None


def test_a_token_that_was_replaced_meanwhile(visitors: Callable[[], Visitor]) -> None:
    visitor = visitors()
    with cache_down():
        visitor.open_qr()
        visitor.simulator.platform.set_fault("40001", "cgi-bin/qrcode/create", once=True)
        assert visitor.open_qr()["kind"] == "official_account"
        assert visitor.simulator.platform.count("/api/cgi-bin/stable_token") == 2


def test_wechat_refuses_while_the_cache_is_gone(visitors: Callable[[], Visitor]) -> None:
    visitor = visitors()
    visitor.simulator.platform.set_fault("40125", "cgi-bin/stable_token")
    with cache_down():
        answer = visitor.client.post(QR)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "misconfigured")


def test_the_way_on_is_the_address_that_was_asked_for(visitors: Callable[[], Visitor]) -> None:
    """A callback that never got to the database is still good."""
    visitor = visitors()
    url = visitor.start()
    answer = {"code": visitor.allow(url), "state": state_of(url)}
    with database_down():
        response = visitor.client.get(CALLBACK, answer)
    assert response.status_code == 503
    page = response.content.decode()
    assert f'href="{CALLBACK}?code={answer["code"]}&amp;state={answer["state"]}"' in page
    assert response["Referrer-Policy"] == "no-referrer"
    assert visitor.client.get(CALLBACK, answer).status_code == 302
    assert visitor.user is not None


def test_inside_wechat(wechat_simulator: SimulatorServer) -> None:
    FollowProviderFactory()
    visitor = in_wechat(wechat_simulator)
    visitor.client.raise_request_exception = False
    with database_down():
        assert visitor.client.post(LOGIN).status_code == 503
    visitor.sign_in()
    assert visitor.user is not None


@pytest.mark.usefixtures("visitors")
def test_a_headless_site_hears_of_it(settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    settings.ROOT_URLCONF = "tests.sites.headless_only_urls"
    client = Client(headers={"user-agent": WINDOWS_CHROME}, raise_request_exception=False)
    with database_down():
        response = client.get(CALLBACK, {"code": "x", "state": "y"})
    assert response.status_code == 302
    assert response["Location"].startswith("https://app.example.com/error")


@pytest.mark.usefixtures("visitors")
def test_what_is_no_outage_is_an_error_still(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(qr_sessions, "find_for_phone", broken)
    with pytest.raises(ZeroDivisionError):
        Client().get("/accounts/wechat/confirm/key/")


@pytest.mark.usefixtures("visitors")
def test_what_is_not_there_is_not_there_either_way() -> None:
    with cache_down():
        assert Client().get(f"{QR}{'x' * 22}/").status_code == 404


@pytest.mark.usefixtures("visitors")
def test_check_says_it() -> None:
    row = FollowProviderFactory._meta.model.objects.get()
    with cache_down():
        assert "cache_down" in [finding.code for finding in site.check(row, [], [])]
