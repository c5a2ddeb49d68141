"""A site as strict as sites get: a Content Security Policy, no framing, login required, cookies that stay at home."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class StrictPolicyMiddleware:
    """Send the policy that the documentation asks for, with the pretend WeChat in WeChat's place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wechat = settings.WECHAT["OPEN_BASE_URL"].removesuffix("/open")
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            f"base-uri 'none'; frame-ancestors 'none'; frame-src {wechat}; form-action 'self' {wechat}"
        )
        return response


STRICT_MIDDLEWARE = [
    "tests.sites.strict_site.StrictPolicyMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
