"""What does a browser see that opens a URL Link, or the picture of a round code again? WeChat's page on the way."""

from django.http import Http404, HttpRequest, HttpResponse

from django_wechat.simulator.hosts.qrconnect import error_page
from django_wechat.simulator.http import base_url, mount_path, render, simulator_page, wechat
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.ways_in.scenes import Way
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.rules import PageRefusal, is_wechat


@wechat
def url_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """Lead into WeChat: an iPhone at once, everybody else, and who is in WeChat already, after a tap (reference 14).

    WeChat is the simulated phone; the browser stays where it is.
    """
    platform, address = get_platform(), f"{base_url(request)}/wxaurl/{ticket}"
    user_agent, lang = request.headers.get("User-Agent", ""), language(request)
    is_inside = is_wechat(user_agent)
    try:
        link = platform.find_link(address)
        if request.method == "POST":
            platform.open_link(address, way=Way.FORWARDED if is_inside else Way.BROWSER)
    except ValueError as error:
        return error_page(PageRefusal("链接已失效", str(error)))
    context = {
        "t": texts(lang),
        "lang": lang,
        "mount": mount_path(),
        "app": link.app,
        "ticket": ticket,
        "is_open": request.method == "POST",
        "at_once": "iPhone" in user_agent and not is_inside,
    }
    return render("url_link.html", context)


@simulator_page
def round_code_image(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001
    """Draw a round code for the phone's own list; sites have it from the API, once."""
    try:
        code = get_platform().find_round_code(key)
    except ValueError:
        raise Http404 from None
    return HttpResponse(code.picture, content_type=code.content_type)
