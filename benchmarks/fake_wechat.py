"""What answers a sign-in, as far away as WeChat is? A TLS 1.3 server with a round trip of its own.

    python -m benchmarks.fake_wechat FOLDER MILLISECONDS

Prints its port; prints "connections requests" for each line it reads, and ends with its input. FOLDER gets the bundle
that trusts it. Every flight of bytes arrives half a round trip late, the first of a connection one more for TCP's own
handshake, which the kernel of one machine does in no time.
"""

import json
import re
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.wire.certificates import Authority

CONNECTIONS: list[int] = []
REQUESTS: list[int] = []


def answer_for(target: str, form: str) -> dict[str, object]:
    """Whoever comes with the code "ann" is ann; a program's is "ann." and a number. `weixin` sends it in a form."""
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(form or url.query).items()}
    if url.path.endswith("/access_token"):
        who = query["code"]
        token = {"access_token": f"token-{who}", "expires_in": 7200, "refresh_token": f"refresh-{who}"}
        return {**token, "openid": f"o-{who}", "scope": "snsapi_login", "unionid": f"u-{who}"}
    if url.path.endswith("/jscode2session"):
        who = query["js_code"].partition(".")[0]
        return {"session_key": "c2Vzc2lvbi1rZXktaGVyZQ==", "openid": f"o-{who}", "unionid": f"u-{who}"}
    who = query["openid"].removeprefix("o-")
    return {"openid": f"o-{who}", "nickname": "Zhang", "headimgurl": "", "privilege": [], "unionid": f"u-{who}"}


def serve(connection: socket.socket, tls: ssl.SSLContext) -> None:
    """Answer the requests of one connection."""
    with tls.wrap_socket(connection, server_side=True) as secure:
        came = b""
        while data := secure.recv(65536):
            came += data
            head, ended, form = came.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if not ended or len(form) < int(length[1] if length else 0):
                continue
            REQUESTS.append(1)
            body = json.dumps(answer_for(head.split()[1].decode(), form.decode())).encode()
            secure.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            came = b""


def far_away(connection: socket.socket, tls: ssl.SSLContext, half: float) -> None:
    """Put the server half a round trip away from each end of `connection`."""
    near, far = socket.socketpair()
    threading.Thread(target=_quietly, args=(serve, far, tls), daemon=True).start()
    threading.Thread(target=_quietly, args=(carry, near, connection, half, half), daemon=True).start()
    carry(connection, near, half, 3 * half)


def carry(source: socket.socket, target: socket.socket, half: float, first: float) -> None:
    """Pass bytes on after `half` a round trip, the `first` after their own time."""
    late = first
    try:
        while data := source.recv(65536):
            time.sleep(late)
            target.sendall(data)
            late = half
    finally:
        for end in (source, target):
            end.close()


def _quietly(step: object, *args: object) -> None:
    try:
        step(*args)  # type: ignore[operator]
    except OSError:
        return


def main(folder: Path, milliseconds: float) -> None:
    """Serve until the input ends."""
    tls = Authority(folder).server_context("127.0.0.1")
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            CONNECTIONS.append(1)
            threading.Thread(
                target=_quietly, args=(far_away, connection, tls, milliseconds / 2000), daemon=True
            ).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    for _line in sys.stdin:
        print(len(CONNECTIONS), len(REQUESTS), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
