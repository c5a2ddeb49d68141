"""How is a site asked without a network? As a WSGI server asks it: Django's test client would cost as much again."""

import io
from http.cookies import SimpleCookie

from django.core.handlers.wsgi import WSGIHandler


def ask(
    application: WSGIHandler, path: str, *, query: str = "", body: bytes | None = None, **environ: str
) -> tuple[str, bytes, SimpleCookie]:
    """Return the status, the body and the cookies of an answer; a `body` makes it a POST. `environ` is WSGI's."""
    given = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "PATH_INFO": path, "QUERY_STRING": query, **environ}
    given["REQUEST_METHOD"] = "GET" if body is None else "POST"
    told: list[str] = []
    cookies: SimpleCookie = SimpleCookie()

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)
        for name, value in headers:
            if name == "Set-Cookie":
                cookies.load(value)

    response = application(
        {**given, "CONTENT_LENGTH": str(len(body or b"")), "wsgi.input": io.BytesIO(body or b"")}, start
    )
    content = b"".join(response)
    response.close()
    return told[0], content, cookies
