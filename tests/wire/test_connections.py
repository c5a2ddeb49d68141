"""Does a connection end when it should, and does nobody notice?"""

import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from django_wechat.exceptions import WeChatError, WeChatGarbled, WeChatTimeout, WeChatUnreachable
from django_wechat.protocol import connections as connections_module
from django_wechat.protocol import transport as transport_module
from django_wechat.protocol.transport import Content, Query, Transport
from tests.wire.certificates import Authority
from tests.wire.servers import always, answer, be_silent, read_request, serving


@pytest.fixture(autouse=True)
def _new_session() -> Iterator[None]:
    transport_module._sessions.forget()
    yield
    transport_module._sessions.forget()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The one that this process trusts."""
    trusted = Authority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted.bundle))
    return trusted


def ask(url: str, *, read_timeout: float = 2) -> dict[str, object]:
    return Transport(url, 1, read_timeout).get("/x", Query(code="c"))


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


class Server:
    """Answers the first request of each connection; `times` does `then` with the next on the same one."""

    def __init__(self, then: Callable[[socket.socket], None], *, times: int = 1) -> None:
        self.then = then
        self.times = times
        self.connections = 0
        self.requests: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        self.connections += 1
        self._take(connection)
        connection.sendall(answer(b"{}"))
        while True:
            self._take(connection)
            if self.times:
                self.times -= 1
                self.then(connection)
                return
            connection.sendall(answer(b"{}"))

    def _take(self, connection: socket.socket) -> None:
        self.requests.append(read_request(connection))


@pytest.mark.parametrize("then", [close, reset])
@pytest.mark.parametrize("secure", [False, True])
def test_a_dead_kept_connection_never_reaches_the_visitor(
    authority: Authority, then: Callable[[socket.socket], None], *, secure: bool
) -> None:
    server = Server(then)
    with serving(server, tls=authority.server_context("127.0.0.1") if secure else None) as url:
        assert [ask(url), ask(url)] == [{}, {}]
    assert server.connections == 2
    # TLS may say by itself that the connection ended, before it is used.
    assert len(server.requests) == 3 or secure


def test_a_post_goes_out_again_whole(authority: Authority) -> None:
    del authority
    bodies = []

    def handle(connection: socket.socket) -> None:
        while True:
            came = read_request(connection)
            while not came.endswith(b"}"):
                came += connection.recv(65536)
            bodies.append(came.partition(b"\r\n\r\n")[2])
            if len(bodies) == 2:
                connection.close()
                return
            connection.sendall(answer(b"{}"))

    with serving(handle) as url:
        for _ in range(2):
            assert Transport(url, 1, 1).post("/x", Query(), Content(scene="s")) == {}
    assert bodies == [b'{"scene": "s"}'] * 3


def test_it_goes_out_once_more_and_no_oftener() -> None:
    requests_seen = []

    def handle(connection: socket.socket) -> None:
        requests_seen.append(read_request(connection))
        if len(requests_seen) == 1:
            connection.sendall(answer(b"{}"))
            requests_seen.append(read_request(connection))
        reset(connection)

    with serving(handle) as url:
        ask(url)
        with pytest.raises(WeChatGarbled):
            ask(url)
    assert len(requests_seen) == 3


def test_the_second_try_takes_none_of_the_other_old_ones() -> None:
    """The server was restarted behind a firewall that tells nobody: all kept connections are dead."""
    both = threading.Barrier(2)
    old: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        if len(old) < 2:
            old.append(connection)
            both.wait(20)
            connection.sendall(answer(b"{}"))
            read_request(connection)
            reset(connection)
        else:
            connection.sendall(answer(b"{}"))

    with serving(handle) as url:
        threads = [threading.Thread(target=ask, args=(url,), kwargs={"read_timeout": 20}) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(old) == 2
        assert ask(url) == {}


def test_silence_on_a_kept_connection_is_not_asked_again() -> None:
    server = Server(be_silent)
    with serving(server) as url:
        ask(url)
        with pytest.raises(WeChatTimeout):
            ask(url, read_timeout=0.2)
    assert len(server.requests) == 2


@pytest.mark.parametrize("end", [close, reset])
@pytest.mark.parametrize(
    "began", [b"H", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"]
)
def test_an_answer_that_began_is_not_asked_for_again(began: bytes, end: Callable[[socket.socket], None]) -> None:
    def begin(connection: socket.socket) -> None:
        connection.sendall(began)
        time.sleep(0.1)
        end(connection)

    server = Server(begin)
    with serving(server) as url:
        ask(url)
        with pytest.raises(WeChatError) as caught:
            ask(url)
    assert caught.type is WeChatGarbled
    assert len(server.requests) == 2


@pytest.mark.parametrize("end", [close, reset])
@pytest.mark.parametrize("secure", [False, True])
def test_a_new_connection_that_is_cut_is_not_asked_again(
    authority: Authority, end: Callable[[socket.socket], None], *, secure: bool
) -> None:
    requests_seen = []

    def handle(connection: socket.socket) -> None:
        requests_seen.append(read_request(connection))
        end(connection)

    with (
        serving(handle, tls=authority.server_context("127.0.0.1") if secure else None) as url,
        pytest.raises(WeChatGarbled),
    ):
        ask(url)
    assert len(requests_seen) == 1


def test_tls_that_breaks_after_the_request_is_not_asked_again(authority: Authority) -> None:
    requests_seen = []

    def handle(connection: socket.socket) -> None:
        requests_seen.append(read_request(connection))
        raw = socket.socket(fileno=connection.detach())
        raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
        time.sleep(0.2)
        raw.close()

    with serving(handle, tls=authority.server_context("127.0.0.1")) as url, pytest.raises(WeChatGarbled):
        ask(url)
    assert len(requests_seen) == 1


def test_what_was_idle_too_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(close, times=0)
    with serving(server) as url:
        ask(url)
        ask(url)
        assert server.connections == 1
        monkeypatch.setattr(connections_module, "MAX_IDLE", 0.05)
        time.sleep(0.1)
        ask(url)
        assert server.connections == 2
        monkeypatch.setattr(connections_module, "MAX_IDLE", 30)
        ask(url)
    assert server.connections == 2


def test_the_bundle_is_read_once(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    load = ssl.SSLContext.load_verify_locations

    def counting(self: ssl.SSLContext, *args: object, **kwargs: object) -> None:
        read.append((args, kwargs))
        load(self, *args, **kwargs)  # type: ignore[arg-type]

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(b"{}", headers="Connection: close\r\n"))

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counting)
    accepted = []

    def counted(connection: socket.socket) -> None:
        accepted.append(connection)
        handle(connection)

    with serving(counted, tls=authority.server_context("127.0.0.1")) as url:
        assert [ask(url) for _ in range(3)] == [{}] * 3
    assert len(accepted) == 3
    assert len(read) == 1


def test_an_untrusted_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    del authority
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other").server_context("127.0.0.1")
    with serving(always(answer(b"{}")), tls=stranger) as url, pytest.raises(WeChatUnreachable, match="no secure"):
        ask(url)


def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    other = authority.server_context("127.0.0.2")
    with serving(always(answer(b"{}")), tls=other) as url, pytest.raises(WeChatUnreachable, match="no secure"):
        ask(url)


def test_a_folder_of_certificates_will_do(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one trusts nobody."""
    empty = authority.folder / "empty"
    empty.mkdir()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(empty))
    tls = authority.server_context("127.0.0.1")
    with serving(always(answer(b"{}")), tls=tls) as url, pytest.raises(WeChatUnreachable, match="no secure"):
        ask(url)


def test_without_a_bundle_there_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file")
    with pytest.raises(WeChatUnreachable, match="network settings"):
        ask("https://127.0.0.1:9")


def proxy(connection: socket.socket) -> None:
    """Answer CONNECT and pass on what comes, one piece each way in turn: a request, its answer."""
    target = read_request(connection).split()[1].decode()
    host, _, port = target.partition(":")
    with socket.create_connection((host, int(port))) as server:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while True:
            ready = [connection] if _pending(connection) else select.select([connection, server], [], [], 5)[0]
            for source in ready:
                data = source.recv(65536)
                if not data:
                    close(connection)
                    return
                (server if source is connection else connection).sendall(data)


def _pending(connection: socket.socket) -> bool:
    return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0


@pytest.mark.parametrize("secure_proxy", [False, True])
def test_a_proxy_is_no_hindrance(authority: Authority, monkeypatch: pytest.MonkeyPatch, *, secure_proxy: bool) -> None:
    server, tls = Server(close, times=0 if secure_proxy else 1), authority.server_context("127.0.0.1")
    with serving(server, tls=tls) as url, serving(proxy, tls=tls if secure_proxy else None) as proxy_url:
        monkeypatch.setenv("https_proxy", proxy_url)
        assert [ask(url), ask(url)] == [{}, {}]
    assert len(server.requests) >= 2


def test_a_socks_proxy_needs_what_requests_says_it_needs() -> None:
    adapter = connections_module.KeptConnections()
    with pytest.raises(requests.exceptions.InvalidSchema, match="SOCKS"):
        adapter.proxy_manager_for("socks5://127.0.0.1:9")


def test_what_others_do_with_urllib3_stays_theirs() -> None:
    assert urllib3.PoolManager().pool_classes_by_scheme is not connections_module._POOLS
