"""Servers that misbehave, for real, on a socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve each connection with `handle` and give the base URL; the last sockets close with the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=_quietly, args=(handle, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # shutdown() wakes the thread in accept(), which close() alone does not.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()


def _quietly(handle: Callable[[socket.socket], None], connection: socket.socket) -> None:
    try:
        handle(connection)
    except OSError:
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
