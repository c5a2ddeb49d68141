"""Does the one HTTP call survive everything a network does, and keep the secrets to itself?"""

import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable

import pytest
import requests
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError

from django_wechat.exceptions import CodeUsed, WeChatError, WeChatGarbled, WeChatTimeout, WeChatUnreachable
from django_wechat.protocol import transport as transport_module
from django_wechat.protocol.transport import FAILURES, MAX_ANSWER_BYTES, Query, Transport, decode
from tests.wire.servers import always, answer, be_silent, dripping, read_request, serving

SECRET = "5ecret5ecret5ecret5ecret5ecret12"
CODE = "071AdBVI1ZHOd509MKUI1jwjVI1AdBVV"
PARAMS = {"appid": "wx0000000000000001", "secret": SECRET, "code": CODE}


def ask(url: str, *, read_timeout: float = 2) -> dict[str, object]:
    return Transport(url, 1, read_timeout).get("/sns/oauth2/access_token", Query(**PARAMS))


def assert_keeps_secrets(error: BaseException) -> None:
    shown = "".join(traceback.format_exception(error)) + repr(error) + str(error)
    while error.__context__ is not None:
        error = error.__context__
        shown += repr(error)
    assert SECRET not in shown
    assert CODE not in shown


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: text/plain\r\n",
        "Content-Type: application/json; encoding=utf-8\r\n",
        "Content-Type: text/html; charset=gbk\r\n",
        "",
    ],
)
def test_bytes_are_utf_8_whatever_the_header_says(headers: str) -> None:
    with serving(always(answer('{"nickname":"张三🌸José"}'.encode(), headers=headers))) as url:
        assert ask(url) == {"nickname": "张三🌸José"}


@pytest.mark.parametrize(
    ("body", "nickname"),
    [
        (b'{"nickname":"a\x08b"}', "a\x08b"),
        (b'{"nickname":"a\nb"}', "a\nb"),
        ('{"nickname":"张'.encode()[:-1] + b'"}', "�"),
        (b'{"nickname":"https:\\/\\/x"}', "https://x"),
        (b'{"nickname":"\\ud83c\\udf38"}', "🌸"),
    ],
)
def test_broken_json_of_the_real_world_is_read(body: bytes, nickname: str) -> None:
    assert decode(body, "/x") == {"nickname": nickname}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"text"', b"null", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_object_is_garbled(body: bytes) -> None:
    with pytest.raises(WeChatGarbled):
        decode(body, "/x")


@pytest.mark.parametrize(
    "response",
    [
        answer(b"<html>502 Bad Gateway</html>", status="502 Bad Gateway"),
        answer(b'{"openid":"o"}', status="500 Internal Server Error"),
        answer(b"", status="302 Found", headers="Location: https://example.com/\r\n"),
        answer(b"<html>busy</html>"),
        answer(b"x" * (MAX_ANSWER_BYTES + 1)),
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"not http at all\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_wechats_is_garbled(response: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(response)
        connection.shutdown(socket.SHUT_RDWR)

    with serving(handle) as url, pytest.raises(WeChatGarbled) as caught:
        ask(url)
    assert_keeps_secrets(caught.value)


def test_an_errcode_is_an_exception() -> None:
    body = b'{"errcode":40163,"errmsg":"code been used, rid: 6206378a-793424c0-2e4091cc"}'
    with serving(always(answer(body))) as url, pytest.raises(CodeUsed) as caught:
        ask(url)
    assert caught.value.endpoint == "/sns/oauth2/access_token"
    assert "code been used" in str(caught.value)
    assert_keeps_secrets(caught.value)


def test_silence_is_a_timeout_and_is_not_asked_again() -> None:
    requests_seen = []

    def handle(connection: socket.socket) -> None:
        requests_seen.append(read_request(connection))
        be_silent(connection)

    with serving(handle) as url, pytest.raises(WeChatTimeout) as caught:
        ask(url, read_timeout=0.2)
    assert len(requests_seen) == 1
    assert_keeps_secrets(caught.value)


def test_silence_in_the_middle_of_an_answer_is_a_timeout() -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
        be_silent(connection)

    with serving(handle) as url, pytest.raises(WeChatTimeout):
        ask(url, read_timeout=0.2)


def test_a_trickle_does_not_hold_the_caller_for_ever() -> None:
    trickle = dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")
    with serving(trickle) as url, pytest.raises(WeChatTimeout):
        Transport(url, 0.2, 0.3).get("/x", Query())


def test_a_trickle_of_a_known_length_does_not_either() -> None:
    trickle = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" ")
    started = time.monotonic()
    with serving(trickle) as url, pytest.raises(WeChatTimeout):
        Transport(url, 0.2, 0.3).get("/x", Query())
    assert time.monotonic() - started < 2


def test_settings_of_the_server_that_are_wrong_are_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file")
    with pytest.raises(WeChatUnreachable) as caught:
        ask("https://127.0.0.1:9")
    assert_keeps_secrets(caught.value)


def test_no_variable_of_a_traceback_shows_a_secret() -> None:
    with serving(always(answer(b'{"errcode":40029}'))) as url, pytest.raises(WeChatError) as caught:
        Transport(url, 1, 1).get("/sns/x", Query(**PARAMS))
    frame, shown = caught.value.__traceback__, []
    while frame is not None:
        if frame.tb_frame.f_code.co_filename.endswith("transport.py"):
            shown += [repr(value) for name, value in frame.tb_frame.f_locals.items() if name != "params"]
        frame = frame.tb_next
    assert any("Query(appid, secret, code)" in value for value in shown)
    assert not any(SECRET in value for value in shown)


def test_a_cut_connection_is_not_asked_again() -> None:
    requests_seen = []

    def handle(connection: socket.socket) -> None:
        requests_seen.append(read_request(connection))
        connection.close()

    with serving(handle) as url, pytest.raises(WeChatGarbled) as caught:
        ask(url)
    assert len(requests_seen) == 1
    assert_keeps_secrets(caught.value)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_no_connection_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    connect = socket.socket.connect

    def counting(self: socket.socket, address: object) -> None:
        attempts.append(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", counting)
    with pytest.raises(WeChatUnreachable) as caught:
        ask(f"http://127.0.0.1:{free_port()}")
    assert len(attempts) == 2
    assert_keeps_secrets(caught.value)


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://[::1", "ftp://127.0.0.1", "http://*.invalid"])
def test_an_unusable_address_is_unreachable(url: str) -> None:
    with pytest.raises(WeChatUnreachable) as caught:
        ask(url)
    assert_keeps_secrets(caught.value)


def test_a_server_without_tls_is_unreachable_over_https() -> None:
    with serving(lambda connection: connection.sendall(answer(b"{}"))) as url, pytest.raises(WeChatUnreachable):
        ask(url.replace("http://", "https://"))


def test_every_exception_of_requests_becomes_one_of_ours() -> None:
    kinds = [kind for kind in vars(requests.exceptions).values() if isinstance(kind, type)]
    failures = [kind for kind in kinds if issubclass(kind, requests.RequestException)]
    assert len(failures) > 15
    for kind in failures:
        error = transport_module._failure_for(_make(kind), "/x")
        assert isinstance(error, WeChatError)
        assert_keeps_secrets(error)


def _make(kind: type[requests.RequestException]) -> requests.RequestException:
    message = f"https://api.weixin.qq.com/sns?secret={SECRET}"
    if kind is requests.exceptions.JSONDecodeError:
        return requests.exceptions.JSONDecodeError(message, "", 0)
    return kind(message)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectTimeout(), WeChatUnreachable),
        (requests.ReadTimeout(), WeChatTimeout),
        (requests.exceptions.SSLError(), WeChatUnreachable),
        (requests.exceptions.ProxyError(), WeChatUnreachable),
        (requests.ConnectionError(MaxRetryError(None, "/", None)), WeChatUnreachable),  # type: ignore[arg-type]
        (requests.ConnectionError(ReadTimeoutError(None, "/", "")), WeChatTimeout),  # type: ignore[arg-type]
        (requests.ConnectionError("aborted"), WeChatGarbled),
        (requests.exceptions.InvalidURL(), WeChatUnreachable),
    ],
)
def test_failures_are_told_apart(error: requests.RequestException, kind: type[WeChatError]) -> None:
    assert type(transport_module._failure_for(error, "/x")) is kind


def test_the_table_names_the_general_case_last() -> None:
    general = [kind for kind, _failure, _words in FAILURES if kind in (requests.RequestException, HTTPError)]
    assert general == [kind for kind, _failure, _words in FAILURES[-2:]]


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(always(answer(b"{}"))) as url:
        ask(url)
    with pytest.raises(WeChatUnreachable):
        ask(f"http://127.0.0.1:{free_port()}")
    assert "/sns/oauth2/access_token" in caplog.text
    assert SECRET not in caplog.text
    assert CODE not in caplog.text


def test_other_requests_are_logged_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(always(answer(b"{}"))) as url:
        requests.get(f"{url}/else?where=here", timeout=2)
    assert "/else?where=here" in caplog.text


def test_cookies_are_not_kept() -> None:
    heads = []

    def handle(connection: socket.socket) -> None:
        while True:
            heads.append(read_request(connection))
            connection.sendall(answer(b"{}", headers="Set-Cookie: a=b\r\n"))

    with serving(handle) as url:
        ask(url)
        ask(url)
    assert not any(b"Cookie" in head for head in heads)


def counting_server() -> tuple[Callable[[socket.socket], None], list[socket.socket]]:
    connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        always(answer(b"{}"))(connection)

    return handle, connections


def test_one_connection_serves_many_calls() -> None:
    handle, connections = counting_server()
    with serving(handle) as url:
        for _ in range(5):
            ask(url)
    assert len(connections) == 1


def test_a_connection_that_the_server_closed_is_replaced_without_a_failure() -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(b"{}"))
        connection.shutdown(socket.SHUT_RDWR)

    with serving(handle) as url:
        ask(url)
        time.sleep(0.05)
        assert ask(url) == {}


def test_threads_share_the_session() -> None:
    handle, connections = counting_server()
    results: list[dict[str, object]] = []
    with serving(handle) as url:
        threads = [threading.Thread(target=lambda: results.extend(ask(url) for _ in range(10))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [{}] * 80
    assert len(connections) <= 8


def test_forgetting_the_session_opens_a_new_connection() -> None:
    handle, connections = counting_server()
    with serving(handle) as url:
        ask(url)
        transport_module._sessions.forget()
        ask(url)
    assert len(connections) == 2


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_makes_its_own_connection() -> None:
    handle, connections = counting_server()
    with serving(handle) as url:
        ask(url)
        child = os.fork()
        if child == 0:
            try:
                code = 0 if ask(url) == {} else 1
            except BaseException:
                code = 2
            os._exit(code)
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert ask(url) == {}
    assert len(connections) == 2
