"""A site that receives pushes: it records what came and answers as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Arrival:
    """One request that came in."""

    method: str
    query: dict[str, str]
    body: bytes
    content_type: str
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Arrival], bytes]


@dataclass
class PushSite:
    """What came, and what is answered: `answer` makes the body, after `delay` seconds."""

    url: str = ""
    status: int = 200
    delay: float = 0.0
    answer: Answer = lambda arrival: arrival.query.get("echostr", "success").encode()
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.url.partition("/events/")[0]

    @property
    def last(self) -> Arrival:
        return self.arrivals[-1]


@contextmanager
def push_site() -> Iterator[PushSite]:
    """Serve on a free port."""
    site = PushSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            headers = dict(self.headers.items())
            kind, path = headers.get("Content-Type", ""), urlsplit(self.path).path
            arrival = Arrival(self.command, query, body, kind, path, headers)
            site.arrivals.append(arrival)
            time.sleep(site.delay)
            answer = site.answer(arrival)
            self.send_response(site.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """Whoever hangs up too early is expected."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}/events/?of=teahouse"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()
