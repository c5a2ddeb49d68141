"""Servers that misbehave, for real, on a socket."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def serving(handle: Callable[[socket.socket], None], *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve each connection with `handle` and give the base URL; the last sockets close with the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            if tls:
                connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            connections.append(connection)
            threads.append(threading.Thread(target=_quietly, args=(handle, connection), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        _wake(listener)
        _end(accepting)
        for connection in connections:
            _wake(connection)
        for thread in threads:
            _end(thread)
        for each in (listener, *connections):
            each.close()


def _wake(waiting: socket.socket) -> None:
    """End what waits for this socket, which `close` alone does not."""
    with suppress(OSError):
        waiting.shutdown(socket.SHUT_RDWR)


def _end(thread: threading.Thread) -> None:
    """No socket is closed under a thread: OpenSSL would write its last alert into whatever has the number by then."""
    thread.join(10)
    assert not thread.is_alive()


def _quietly(handle: Callable[[socket.socket], None], connection: socket.socket) -> None:
    try:
        handle(connection)
    except (OSError, ValueError):  # ValueError: the block closed it in the middle of something
        connection.close()


def read_request(connection: socket.socket) -> bytes:
    """Return one request's head."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            raise OSError("closed")
        data += chunk
    return data


def be_silent(connection: socket.socket) -> None:
    """Say nothing more until the client has gone, or the block has ended."""
    while connection.recv(65536):
        pass


def answer(body: bytes, *, status: str = "200 OK", headers: str = "Content-Type: text/plain\r\n") -> bytes:
    """Return a whole HTTP answer."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def always(response: bytes) -> Callable[[socket.socket], None]:
    """Answer every request of a kept connection alike."""

    def handle(connection: socket.socket) -> None:
        while True:
            read_request(connection)
            connection.sendall(response)

    return handle


def dripping(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    """Answer a request with `head`, and then with drop after drop that never become a whole."""

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return handle
