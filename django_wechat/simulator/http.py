"""What do all pretend WeChat views share? They answer only with DEBUG on, obey no foreign page, spare the site."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.template import Context, Engine
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from django_wechat.simulator import callers
from django_wechat.simulator.platform import ReceivedRequest, get_platform
from django_wechat.simulator.world.rules import read_query

View = Callable[..., HttpResponseBase]

FOLDER = Path(__file__).parent
READS = {"GET", "HEAD", "OPTIONS"}

# An engine of our own: the host's templates, context processors and middleware play no part in WeChat's pages.
_ENGINE = Engine(dirs=[str(FOLDER / "templates")])


def simulator_page(view: View) -> View:
    """Open a view to everybody while DEBUG is on, and hide it otherwise; foreign pages may not change anything."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        if not callers.is_called_by_a_fitting_name(request):
            return _refused(callers.STRANGE_NAME)
        if request.method not in READS and callers.is_from_elsewhere(request):
            return _refused(callers.ELSEWHERE)
        response = view(request, *args, **kwargs)
        # A page of somebody else shows ours in a frame, and lays its own words over our buttons.
        if not getattr(response, "xframe_options_exempt", False):
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        # WeChat's pages do not carry the host site's policy (the attribute is Django 6's own).
        response._csp_config = {}  # type: ignore[attr-defined]
        return response

    return login_not_required(never_cache(csrf_exempt(guarded)))


def own_pages_only(view: View) -> View:
    """Close a view to foreign pages, whatever the method: what it does is more than reading."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if callers.is_from_elsewhere(request):
            return _refused(callers.ELSEWHERE)
        return view(request, *args, **kwargs)

    return guarded


def _refused(words: str) -> HttpResponse:
    return HttpResponseForbidden(words, content_type="text/plain")


def wechat(view: View) -> View:
    """Make a view part of WeChat itself: as `simulator_page`, and every request is recorded."""

    @wraps(view)
    def recorded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        path = request.path.removeprefix(mount_path())
        # The body first: reading a multipart form would use it up.
        body = request.body
        get_platform().record(ReceivedRequest(request.method or "", path, parameters(request), body))
        return view(request, *args, **kwargs)

    return simulator_page(recorded)


def parameters(request: HttpRequest) -> Mapping[str, str]:
    """Return what was sent, in the query and, by clients that POST, in the form."""
    query = {name: unquote_plus(value) for name, value in read_query(query_string(request)).items()}
    return query | {name: str(value) for name, value in request.POST.items()}


def query_string(request: HttpRequest) -> str:
    """Return the query as it was sent, still percent-encoded."""
    return str(request.META.get("QUERY_STRING", ""))


def mount_path() -> str:
    """Return the path under which the simulator is mounted, without the last slash."""
    return reverse("wechat_simulator:phone").rstrip("/")


def base_url(request: HttpRequest) -> str:
    """Return our own address as this browser sees it."""
    return f"{request.scheme}://{callers.host(request)}{mount_path()}"


def site_url(request: HttpRequest) -> str:
    """Return the address of the site that the simulator is mounted in; empty where it runs alone: nobody can know."""
    return base_url(request).removesuffix(mount_path()) if mount_path() else ""


def render(template: str, context: Mapping[str, object]) -> HttpResponse:
    """Render a template of the simulator."""
    return HttpResponse(render_text(template, context))


def render_text(template: str, context: Mapping[str, object]) -> str:
    """Render a template of the simulator to a string."""
    return str(_ENGINE.get_template(f"wechat_simulator/{template}").render(Context(dict(context))))
