"""How is WeChat's own server answered? In plain text of a known length, whatever middleware a site has."""

from django.http import HttpResponse


def plain_text(body: bytes, status: int = 200) -> HttpResponse:
    """Return `body` so that nothing of a query can be taken for a page.

    The length is said here: Django leaves it to `CommonMiddleware`, and without it a server may answer in chunks.
    """
    response = HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Content-Length"] = str(len(body))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
