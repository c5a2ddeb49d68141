"""How does the WeChat panel look inside other people's pages? Login pages in several styles, for development only."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

THEMES = ("light", "dark")
PLAIN_PAGE = Path(__file__).parent / "static" / "example" / "looks" / "element.html"


@login_not_required
def look(request: HttpRequest, name: str) -> HttpResponse:
    """Show the login page in a style; `?theme=dark` is what a theme switch of that style would set."""
    theme = request.GET.get("theme")
    return render(request, f"example/looks/{name}.html", {"theme": theme if theme in THEMES else ""})


@login_not_required
def element(request: HttpRequest) -> HttpResponse:
    """Send a plain HTML file, as a web server would, with `<wechat-login>` in it."""
    return HttpResponse(PLAIN_PAGE.read_bytes())


urlpatterns = [
    *(path(f"looks/{name}/", look, {"name": name}, name=f"look_{name}") for name in ("bootstrap", "tailwind", "bare")),
    path("looks/element/", element, name="look_element"),
]
