"""Is every push of WeChat answered acceptably, and does a false one change nothing?"""

import threading
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from django.db import OperationalError, connections
from django.test import Client

from django_wechat.models import PushReceipt, QRSession, Status, WeChatProvider
from django_wechat.protocol import crypto
from django_wechat.protocol.push import PushEvent
from django_wechat.setup import provider_settings
from django_wechat.signals import push_received
from django_wechat.stores import push_health, push_receipts, qr_sessions
from tests.encryption import LOST_KEY
from tests.factories import BothProviderFactory, IdentityFactory
from tests.pushes import GH, KEY, OPENID, TOKEN, fields, query, xml

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(
        name="site", access_token=TOKEN, enable_qr_code=True, follow_up_action="media"
    )
    return created


@pytest.fixture
def safe_row(row: WeChatProvider) -> WeChatProvider:
    row.encoding_aes_key = KEY
    row.save()
    return row


@pytest.fixture
def opened(row: WeChatProvider) -> QRSession:
    request = {
        "site_name": "Teahouse",
        "origin": "https://tea.example",
        "host": "tea.example",
        "language": "en",
        "process": "login",
        "action": "media",
        "asks": True,
    }
    scene = qr_sessions.new_scene()
    return qr_sessions.open_session(row, "browser", scene=scene, appid=row.client_id_2, seconds=300, request=request)


def change(session: QRSession, **request: Any) -> None:
    session.request.update(request)
    session.save()


@pytest.fixture
def heard() -> Any:
    """What listeners were told."""
    events: list[PushEvent] = []

    def listen(event: PushEvent, **_kwargs: Any) -> None:
        events.append(event)

    push_received.connect(listen)
    yield events
    push_received.disconnect(listen)


def post(body: bytes, asked: dict[str, str] | None = None, **headers: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(
        "/accounts/wechat/site/events/",
        body,
        content_type="text/xml",
        query_params=asked if asked is not None else query(),
        **headers,
    )


def sealed(body: bytes, row: WeChatProvider, *, appid: str = "") -> tuple[bytes, dict[str, str]]:
    asked = query()
    encrypted = crypto.encrypt(body, KEY, appid or row.client_id_2)
    asked["msg_signature"] = crypto.sign(TOKEN, asked["timestamp"], asked["nonce"], encrypted)
    return xml({"ToUserName": GH, "Encrypt": encrypted}), asked | {"encrypt_type": "aes"}


def content(body: bytes) -> str:
    return ElementTree.fromstring(body).findtext("Content") or ""


def test_the_console_is_answered_byte_for_byte(row: WeChatProvider) -> None:
    response = Client().get("/accounts/wechat/site/events/", query() | {"echostr": "4375120948345356249"})
    assert response.content == b"4375120948345356249"
    assert response["Content-Type"].startswith("text/plain")


def test_the_echo_cannot_be_taken_for_a_page(row: WeChatProvider) -> None:
    response = Client().get("/accounts/wechat/site/events/", query() | {"echostr": "<script>alert(1)</script>"})
    assert response["Content-Type"].startswith("text/plain")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("token", ["another", ""])
def test_a_console_with_another_token_is_refused(row: WeChatProvider, token: str) -> None:
    assert Client().get("/accounts/wechat/site/events/", query(token) | {"echostr": "1"}).status_code == 403


def test_a_scan_is_answered_with_the_link(opened: QRSession) -> None:
    response = post(xml(fields("SCAN", opened.scene, Ticket="t")))
    assert response.status_code == 200
    link = f"https://tea.example/accounts/wechat/confirm/{qr_sessions.confirm_key(opened.scene)}/"
    assert "Teahouse" in content(response.content)
    assert link in content(response.content)
    session = QRSession.objects.get()
    assert (session.status, session.openid) == (Status.SCANNED, OPENID)


def test_a_new_follower_is_answered_alike(opened: QRSession) -> None:
    assert "/confirm/" in content(post(xml(fields("subscribe", f"qrscene_{opened.scene}"))).content)
    assert QRSession.objects.get().status == Status.SCANNED


def test_the_answer_is_in_the_language_of_the_pc(opened: QRSession) -> None:
    change(opened, language="zh-hans")
    assert "tea.example" in content(post(xml(fields("SCAN", opened.scene))).content)


def test_connecting_is_called_so(opened: QRSession) -> None:
    change(opened, process="connect")
    assert "Connect your WeChat" in content(post(xml(fields("SCAN", opened.scene))).content)


def test_the_same_event_three_times(opened: QRSession, heard: list[PushEvent]) -> None:
    answers = [post(xml(fields("SCAN", opened.scene)), query(nonce=f"n{number}")).content for number in range(3)]
    assert len({content(answer) for answer in answers}) == 1
    assert len(heard) == 1
    assert QRSession.objects.get().status == Status.SCANNED


def test_somebody_else_scans_the_same_code(opened: QRSession) -> None:
    post(xml(fields("SCAN", opened.scene)))
    answer = post(xml(fields("SCAN", opened.scene, FromUserName="o-other")), query(nonce="n2"))
    assert "no longer valid" in content(answer.content)
    assert QRSession.objects.get().openid == OPENID


def test_an_expired_code_is_said_to_be(opened: QRSession) -> None:
    QRSession.objects.update(expires_at=opened.created_at)
    assert "no longer valid" in content(post(xml(fields("SCAN", opened.scene))).content)
    assert QRSession.objects.get().status == Status.WAITING


def test_without_a_question_the_scan_is_enough(opened: QRSession) -> None:
    change(opened, asks=False)
    assert "being signed in" in content(post(xml(fields("SCAN", opened.scene))).content)
    assert "being signed in" in content(post(xml(fields("SCAN", opened.scene))).content)
    assert QRSession.objects.get().status == Status.CONFIRMED


def test_the_other_follow_up_action_signs_nobody_in(opened: QRSession) -> None:
    change(opened, action="open", asks=False)
    assert "second QR code" in content(post(xml(fields("SCAN", opened.scene))).content)
    assert QRSession.objects.get().status == Status.SCANNED


def test_the_plan_of_the_opening_holds_when_the_admin_changes_it(opened: QRSession) -> None:
    WeChatProvider.objects.update(follow_up_action="open", confirm_on_phone=False)
    assert "Open the question" in content(post(xml(fields("SCAN", opened.scene))).content)


def test_two_rows_of_one_account_share_its_address(opened: QRSession) -> None:
    """WeChat knows one address for an account; a site may have a row for each of its hosts."""
    WeChatProvider.objects.update(name="first")
    BothProviderFactory(name="site", access_token=TOKEN)
    assert "Teahouse" in content(post(xml(fields("SCAN", opened.scene))).content)


def test_a_provider_that_was_switched_off_lets_nobody_in(opened: QRSession) -> None:
    WeChatProvider.objects.update(name="first", enabled=False)
    BothProviderFactory(name="site", access_token=TOKEN)
    assert "no longer valid" in content(post(xml(fields("SCAN", opened.scene))).content)


def test_an_event_is_not_lost_when_a_process_dies_over_it(row: WeChatProvider, heard: list[PushEvent]) -> None:
    deaths = [SystemExit]

    def die(**_kwargs: Any) -> None:
        if deaths:
            raise deaths.pop()

    push_received.connect(die)
    try:
        with pytest.raises(SystemExit):
            post(xml(fields("unsubscribe")))
        heard.clear()
        for _ in range(2):
            assert post(xml(fields("unsubscribe"))).content == b"success"
    finally:
        push_received.disconnect(die)
    assert len(heard) == 1


def test_cleaning_up_is_nobodys_trouble(
    row: WeChatProvider, heard: list[PushEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr(push_receipts, "CLEAN_UP_EVERY", 1)
    monkeypatch.setattr(push_receipts, "clear_old", locked)
    assert post(xml(fields("CLICK"))).content == b"success"
    assert len(heard) == 1


EVENTS = [
    fields("subscribe"),
    fields("unsubscribe"),
    fields("SCAN", "somebody elses scene"),
    fields("SCAN", "123"),
    fields("subscribe", "qrscene_123"),
    fields("CLICK", "menu"),
    fields("VIEW", "https://example.com/"),
    fields("LOCATION", Latitude="23.1", Longitude="113.3"),
    fields("TEMPLATESENDJOBFINISH", MsgID="200163836"),
    fields("scancode_push", "k"),
    fields("something_new_from_wechat", "🌸"),
    {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1", "MsgType": "text", "Content": "你好", "MsgId": "1"},
    {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1", "MsgType": "image", "MediaId": "m", "MsgId": "2"},
    {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1", "MsgType": "something_new"},
]


@pytest.mark.parametrize("values", EVENTS, ids=lambda values: values.get("Event") or values["MsgType"])
def test_every_other_event_is_answered_and_passed_on(
    row: WeChatProvider, heard: list[PushEvent], values: dict[str, str]
) -> None:
    response = post(xml(values))
    assert (response.status_code, response.content) == (200, b"success")
    assert [event.openid for event in heard] == [OPENID]


def test_a_listener_that_fails_does_not_trouble_wechat(row: WeChatProvider) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("a listener's own business")

    push_received.connect(fail)
    try:
        assert post(xml(fields("CLICK", "menu"))).content == b"success"
    finally:
        push_received.disconnect(fail)


def test_following_and_leaving_is_noted(row: WeChatProvider) -> None:
    identity = IdentityFactory(appid=row.client_id_2, openid=OPENID)
    for event, follows in [("subscribe", True), ("unsubscribe", False)]:
        post(xml(fields(event)))
        identity.refresh_from_db()
        assert identity.follows is follows


def test_safe_mode_is_answered_encrypted(safe_row: WeChatProvider, opened: QRSession) -> None:
    response = post(*sealed(xml(fields("SCAN", opened.scene)), safe_row))
    read = {child.tag: child.text or "" for child in ElementTree.fromstring(response.content)}
    assert crypto.is_signed(read["MsgSignature"], TOKEN, read["TimeStamp"], read["Nonce"], read["Encrypt"])
    assert "confirm" in content(crypto.decrypt(read["Encrypt"], KEY, safe_row.client_id_2))


def test_the_key_before_is_used_until_wechat_has_the_new_one(safe_row: WeChatProvider, opened: QRSession) -> None:
    body, asked = sealed(xml(fields("SCAN", opened.scene)), safe_row)
    safe_row.previous_encoding_aes_key, safe_row.encoding_aes_key = KEY, "n" * 42 + "A"
    safe_row.save()
    assert post(body, asked).status_code == 200


def assert_refused(response: Any) -> None:
    assert response.status_code == 403
    assert response.content == b"refused"
    assert not QRSession.objects.exclude(status=Status.WAITING).exists()


def test_a_plain_push_where_a_key_is_set_is_refused(safe_row: WeChatProvider, opened: QRSession) -> None:
    assert_refused(post(xml(fields("SCAN", opened.scene))))


def test_a_push_for_another_appid_is_refused(safe_row: WeChatProvider, opened: QRSession) -> None:
    assert_refused(post(*sealed(xml(fields("SCAN", opened.scene)), safe_row, appid="wx00000000000000ff")))


@pytest.mark.parametrize(
    "asked",
    [
        dict,
        lambda: query("another"),
        lambda: query(at=time.time() - 310),
        lambda: query(at=time.time() + 310),
        lambda: query() | {"nonce": "changed"},
    ],
)
def test_a_forged_or_stale_push_changes_nothing(opened: QRSession, asked: Callable[[], dict[str, str]]) -> None:
    assert_refused(post(xml(fields("SCAN", opened.scene)), asked()))
    assert PushReceipt.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"<", b"nonsense", b"x" * 65537, b"<xml>" + b"<a/>" * 20000 + b"</xml>"])
def test_a_garbled_or_huge_push_changes_nothing(opened: QRSession, body: bytes) -> None:
    assert_refused(post(body))


def test_a_signed_query_is_good_for_one_body(opened: QRSession) -> None:
    """In plain mode the signature does not cover the body; who saw one query must not send others with it."""
    asked = query()
    assert post(xml(fields("CLICK", "menu")), asked).content == b"success"
    assert post(xml(fields("CLICK", "menu")), asked).content == b"success"
    assert post(xml(fields("SCAN", opened.scene)), asked).status_code == 403
    assert QRSession.objects.get().status == Status.WAITING


def test_the_consoles_query_is_good_for_nothing_else(opened: QRSession) -> None:
    asked = query()
    url = "/accounts/wechat/site/events/"
    assert [Client().get(url, asked | {"echostr": "1"}).status_code for _ in range(2)] == [200, 200]
    assert post(xml(fields("SCAN", opened.scene)), asked).status_code == 403


@pytest.mark.parametrize("key", ["a\\u0000b", "\\ud800"])
def test_characters_that_do_not_exist_are_refused(row: WeChatProvider, key: str) -> None:
    body = f'{{"ToUserName":"{GH}","FromUserName":"{OPENID}","MsgType":"event","Event":"SCAN","EventKey":"{key}"}}'
    assert post(body.encode()).status_code == 403


def test_a_blank_access_token_accepts_nothing(row: WeChatProvider) -> None:
    WeChatProvider.objects.update(access_token="")
    assert_refused(post(xml(fields("CLICK")), query("")))
    assert Client().get("/accounts/wechat/site/events/", query("") | {"echostr": "1"}).status_code == 403


def test_a_lost_key_is_logged_and_refused(row: WeChatProvider, settings: Any, caplog: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    assert_refused(post(xml(fields("CLICK"))))
    assert "cannot be decrypted" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("change", [{"enabled": False}, {"name": "moved"}])
def test_a_provider_that_is_not_there(row: WeChatProvider, change: dict[str, Any]) -> None:
    WeChatProvider.objects.update(**change)
    assert post(xml(fields("CLICK"))).status_code == 404


def test_other_methods_are_not_allowed(row: WeChatProvider) -> None:
    assert Client().put("/accounts/wechat/site/events/").status_code == 405


def test_it_works_behind_login_required(opened: QRSession, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    assert post(xml(fields("SCAN", opened.scene))).status_code == 200


def test_it_asks_nobody_outside(opened: QRSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("the webhook made a call")

    monkeypatch.setattr(requests.Session, "send", forbidden)
    assert post(xml(fields("SCAN", opened.scene))).status_code == 200


@pytest.mark.parametrize(("values", "most"), [(fields("CLICK", "menu"), 9), (fields("subscribe"), 10)])
def test_a_push_costs_few_statements(
    row: WeChatProvider, values: dict[str, str], most: int, django_assert_max_num_queries: Any
) -> None:
    push_health.note_push(row)
    provider_settings.sync_once()  # once in a process: whichever request is its first
    with django_assert_max_num_queries(most):
        post(xml(values))


@pytest.mark.django_db(transaction=True)
def test_the_same_event_at_the_same_moment_is_passed_on_once(row: WeChatProvider, heard: list[PushEvent]) -> None:
    barrier = threading.Barrier(4)
    answers: list[Any] = []

    def deliver(number: int) -> None:
        barrier.wait()
        try:
            answers.append(post(xml(fields("CLICK", "menu")), query(nonce=f"n{number}")).content)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"success"] * 4
    assert len(heard) == 1


def test_receipts_clear_themselves(row: WeChatProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_receipts, "CLEAN_UP_EVERY", 1)
    PushReceipt.objects.create(key_hash="old", body_hash="")
    PushReceipt.objects.update(received_at=push_receipts.timezone.now() - push_receipts.KEPT_FOR * 2)
    post(xml(fields("CLICK")))
    assert not PushReceipt.objects.filter(key_hash="old").exists()
    assert str(PushReceipt.objects.first()).startswith("PushReceipt ")
