"""How is a state of the gallery shown? In its real template, in the language and the theme that the address names."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from example_project.gallery.states import all_states

LANGUAGES = tuple(settings.LANGUAGES)
THEMES = (("", "the browser's"), ("light", "light"), ("dark", "dark"))
WIDTHS = ((1280, "desktop"), (390, "phone"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every state, each in a frame of its own."""
    wishes = _wishes(request)
    context = {
        "states": all_states().values(),
        "languages": LANGUAGES,
        "themes": THEMES,
        "widths": WIDTHS,
        **wishes,
    }
    with translation.override("en"):
        return render(request, "example/gallery/index.html", context)


@require_safe
@xframe_options_sameorigin
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one state."""
    shown = all_states().get(slug)
    if shown is None:
        raise Http404
    wishes = _wishes(request)
    with translation.override(wishes["language"]):
        return render(request, shown.template, {**shown.context(request), **wishes})


@require_safe
@xframe_options_sameorigin
def wechats_page(request: HttpRequest) -> HttpResponse:
    """Stand in for WeChat's own page with the QR code, which nobody here can style."""
    return render(request, "example/gallery/wechats_page.html")


def _wishes(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for; anything unknown is the first of its kind."""
    return {
        "language": _one_of([code for code, _name in LANGUAGES], request.GET.get("lang")),
        "theme": _one_of([code for code, _name in THEMES], request.GET.get("theme")),
        "width": int(_one_of([str(width) for width, _name in WIDTHS[::-1]], request.GET.get("width"))),
    }


def _one_of(known: list[str], asked: str | None) -> str:
    return asked if asked in known else known[0]
