"""Is a picture fetched from WeChat's picture servers only, in time, and kept only if it is one?"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from django_wechat.exceptions import AvatarRefused
from django_wechat.protocol.avatars import AT_ONCE, MAX_BYTES, Picture, fetch, locate
from tests.wire.servers import always, answer, be_silent, dripping, read_request, serving

JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n a picture"
QLOGO = ("thirdwx.qlogo.cn", "wx.qlogo.cn")
Handler = Callable[[socket.socket], None]


def fetch_from(url: str, *, seconds: float = 3) -> Picture:
    """Fetch as a site in development does: the address says https, the entry says http."""
    return fetch(url.replace("http://", "https://") + "/mmopen/vi_32/abc/132?x=1", [url], seconds=seconds)


def refusal(handle: Handler, *, seconds: float = 3) -> str:
    with serving(handle) as url, pytest.raises(AvatarRefused) as caught:
        fetch_from(url, seconds=seconds)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (JPEG, "jpg"),
        (PNG, "png"),
        (b"GIF87a...", "gif"),
        (b"GIF89a...", "gif"),
        (b"RIFF\x0a\n\x00\x00WEBPVP8 ", "webp"),
    ],
)
def test_the_first_bytes_say_what_it_is(content: bytes, extension: str) -> None:
    html = "Content-Type: text/html\r\n"
    with serving(always(answer(content, headers=html))) as url:
        assert fetch_from(url) == Picture(content, extension)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html>",
        b"RIFF\x00\x00\x00\x00WAVE",
        b" " + PNG,
        b"BM",
    ],
)
def test_what_is_no_picture_is_refused_whatever_the_header_says(content: bytes) -> None:
    assert "no JPEG" in refusal(always(answer(content, headers="Content-Type: image/png\r\n")))


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://thirdwx.qlogo.cn/a/132", "https://thirdwx.qlogo.cn/a/132"),
        ("https://WX.qlogo.CN:443/a/0?b=c#d", "https://wx.qlogo.cn/a/0?b=c"),
    ],
)
def test_listed_hosts_are_asked(address: str, asked: str) -> None:
    assert locate(address, QLOGO) == asked


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://thirdwx.qlogo.cn/a/132",
        "ftp://thirdwx.qlogo.cn/a/132",
        "//thirdwx.qlogo.cn/a/132",
        "https://qlogo.cn/a/132",
        "https://evil.example/thirdwx.qlogo.cn",
        "https://thirdwx.qlogo.cn.evil.example/a",
        "https://thirdwx.qlogo.cn./a",
        "https://thirdwx.qlogo.cn@evil.example/a",
        "https://user@thirdwx.qlogo.cn/a",
        "https://evil.example\\@thirdwx.qlogo.cn/a",
        "https://thirdwx.qlogo.cn\\@evil.example/a",
        "https://thirdwx.qlogo.cn:8443/a",
        "https://thirdwx.qlogo.cn:/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[thirdwx.qlogo.cn/a",
        "https:///a",
    ],
)
def test_other_hosts_are_not(address: str) -> None:
    with pytest.raises(AvatarRefused, match="AVATAR_HOSTS"):
        locate(address, QLOGO)


def test_http_is_for_exactly_the_origin_that_is_listed_so() -> None:
    hosts = ["wx.qlogo.cn", "http://127.0.0.1:8001"]
    assert locate("https://127.0.0.1:8001/a/132", hosts) == "http://127.0.0.1:8001/a/132"
    assert locate("https://wx.qlogo.cn/a/132", hosts) == "https://wx.qlogo.cn/a/132"
    for address in ("https://127.0.0.1:8002/a", "https://127.0.0.1/a", "http://127.0.0.1:8001/a"):
        with pytest.raises(AvatarRefused):
            locate(address, hosts)


def test_no_redirect_is_followed() -> None:
    with serving(always(answer(PNG))) as other:
        moved = answer(b"", status="302 Found", headers=f"Location: {other}/\r\n")
        assert refusal(always(moved)) == "HTTP status 302"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "206 Partial Content"])
def test_only_ok_is_ok(status: str) -> None:
    assert refusal(always(answer(PNG, status=status))) == f"HTTP status {status[:3]}"


def test_the_largest_picture_and_one_that_is_too_large() -> None:
    largest = PNG.ljust(MAX_BYTES, b"x")
    with serving(always(answer(largest))) as url:
        assert fetch_from(url).content == largest
    assert refusal(always(answer(largest + b"x"))) == "it is too large"


def test_an_announced_size_is_enough_to_refuse() -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {MAX_BYTES + 1}\r\n\r\n".encode() + PNG)
        be_silent(connection)

    assert refusal(handle) == "it is too large"


def test_a_size_that_is_not_announced_is_counted() -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    assert refusal(handle) == "it is too large"


def test_a_small_answer_does_not_unpack_into_a_large_one() -> None:
    assert "no JPEG" in refusal(always(answer(b"\x1f\x8b packed", headers="Content-Encoding: gzip\r\n")))


DRIPPING_HEAD = pytest.param(dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), id="dripping head")
DRIPPING_BODY = pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x"), id="dripping body")


def say_nothing(connection: socket.socket) -> None:
    read_request(connection)
    be_silent(connection)


def stop_halfway(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PNG)
    be_silent(connection)


@pytest.mark.parametrize("handle", [DRIPPING_HEAD, DRIPPING_BODY, say_nothing, stop_halfway])
def test_nobody_waits_longer_than_told(handle: Handler) -> None:
    started = time.monotonic()
    assert refusal(handle, seconds=0.4) == "no picture in time"
    assert time.monotonic() - started < 1.5
    settle()


@pytest.mark.parametrize("handle", [DRIPPING_BODY, say_nothing, stop_halfway])
def test_the_thread_of_a_slow_picture_ends_by_itself(handle: Handler) -> None:
    with serving(handle) as url:
        with pytest.raises(AvatarRefused, match="in time"):
            fetch_from(url, seconds=0.3)
        settle()


def settle() -> None:
    """Wait for the threads that nobody waits for any more: their servers are gone."""
    for thread in threading.enumerate():
        if thread.name == "wechat-avatar":
            thread.join(5)
            assert not thread.is_alive()


def test_slow_servers_do_not_pile_up_threads() -> None:
    with serving(say_nothing) as url:
        threads = [threading.Thread(target=_ignore, args=(url,)) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            if sum(thread.name == "wechat-avatar" for thread in threading.enumerate()) == AT_ONCE:
                break
            time.sleep(0.01)
        with pytest.raises(AvatarRefused, match="too many"):
            fetch_from(url)
        for thread in threads:
            thread.join()
    settle()
    with serving(always(answer(PNG))) as url:
        assert fetch_from(url).extension == "png"


def _ignore(url: str) -> None:
    with pytest.raises(AvatarRefused):
        fetch_from(url, seconds=1)


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + PNG,
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + PNG,
    ],
)
def test_a_broken_answer(response: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(response)
        connection.shutdown(socket.SHUT_RDWR)

    assert "cut" in refusal(handle)


def test_nothing_of_ours_comes_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy and no password of the environment, no cookie from last time, no Referer."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    heads: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        heads.append(read_request(connection))
        connection.sendall(answer(PNG, headers="Set-Cookie: a=b\r\n"))

    with serving(handle) as url:
        fetch_from(url)
        fetch_from(url)
    assert len(heads) == 2
    assert heads[0].startswith(b"GET /mmopen/vi_32/abc/132?x=1 HTTP/1.1\r\n")
    for head in heads:
        names = {name.lower() for name in re.findall(rb"^([\w-]+):", head, re.MULTILINE)}
        assert not names & {b"cookie", b"referer", b"authorization"}


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a certificate for 127.0.0.1 that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


def over_tls(certificate: Path) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            read_request(secure)
            secure.sendall(answer(PNG))

    return handle


def test_https_is_checked(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that nobody vouches for is refused; one of a known authority is not."""
    with serving(over_tls(certificate)) as url:
        host = url.removeprefix("http://")
        with pytest.raises(AvatarRefused, match="no secure connection"):
            fetch(f"https://{host}/a/132", [host])
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))
        assert fetch(f"https://{host}/a/132", [host]).extension == "png"
