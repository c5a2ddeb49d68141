"""What does an administrator see and do in the pretend consoles? 网站应用 and 移动应用, 公众号 and 小程序."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from django_wechat.simulator.acts.server_configuration import ServerConfig, Submission
from django_wechat.simulator.callers import is_from_elsewhere
from django_wechat.simulator.commands import table as commands
from django_wechat.simulator.commands.consoles import CONSOLE_COMMANDS
from django_wechat.simulator.commands.entries import ENTRY_CONSOLE_COMMANDS
from django_wechat.simulator.commands.mini_programs import PROGRAM_CONSOLE_COMMANDS
from django_wechat.simulator.http import mount_path, render, simulator_page, site_url
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.push.sending import Push, Verification
from django_wechat.simulator.words.consoles import GLOSSES
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.registry import App, Family
from django_wechat.simulator.world.seeds import fresh_apps

FORMS = {*CONSOLE_COMMANDS, *PROGRAM_CONSOLE_COMMANDS, *ENTRY_CONSOLE_COMMANDS, "server_config"}


@dataclass(frozen=True)
class Result:
    """What the console answered to a form; `gloss` says it in English."""

    accepted: bool
    words: str
    gloss: str
    explanation: str

    @classmethod
    def of(cls, verification: Verification, lang: str) -> "Result":
        """Return a verification in the words of a page."""
        gloss = GLOSSES.get(verification.words, "") if lang == "en" else ""
        return cls(verification.accepted, verification.words, gloss, verification.explanation)


@dataclass(frozen=True)
class Entry:
    """One app in the console, and what its forms show."""

    app: App
    secret: str
    is_open: bool
    domain: str
    domain_result: Result | None
    config: App | ServerConfig
    config_result: Result | None
    last_push: Push | None

    @property
    def addresses(self) -> str:
        """The IP whitelist, one address a line as in the console."""
        return "\n".join(self.app.allowed_addresses)

    @property
    def request_hosts(self) -> str:
        """The request 合法域名, one a line."""
        return "\n".join(self.app.listed_hosts)

    @property
    def pages(self) -> str:
        """The pages of a program's released version, one a line."""
        return "\n".join(self.app.page_list)

    @property
    def bad_addresses(self) -> list[str]:
        """What stands on the IP whitelist and is no address."""
        return [one for one in self.app.allowed_addresses if not _is_address(one)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@simulator_page
@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """Show both consoles, and all that is registered there. No foreign page uses a new AppSecret up."""
    platform, lang = get_platform(), language(request)
    revealed = {} if is_from_elsewhere(request) else platform.take_revealed()
    entries = list(_entries(platform, lang, request.GET.get("app", ""), revealed))
    context = {
        "t": texts(lang),
        "lang": lang,
        "mount": mount_path(),
        "site": site_url(request),
        "websites": [entry for entry in entries if entry.app.family is Family.WEBSITE],
        "mobile_apps": [entry for entry in entries if entry.app.is_mobile],
        "accounts": [entry for entry in entries if entry.app.is_account],
        "mini_programs": [entry for entry in entries if entry.app.is_mini_program],
    }
    return render("console.html", context)


def _entries(platform: Platform, lang: str, chosen: str, revealed: Mapping[str, str]) -> Iterable[Entry]:
    """Yield every app; those that were registered here are unfolded, and the chosen one."""
    seeded = fresh_apps()
    for app in list(platform.apps.values()):
        is_open = app.appid == chosen or app.appid not in seeded
        submission = platform.submissions.get(app.appid)
        domain, verified = platform.web_domains.get(app.appid, ("", None))
        yield Entry(
            app,
            revealed.get(app.appid, ""),
            is_open,
            domain if verified and not verified.accepted else app.callback_domain,
            Result.of(verified, lang) if verified else None,
            _shown_config(app, submission),
            Result.of(submission.verification, lang) if submission else None,
            platform.last_push(app.appid) if app.is_account else None,
        )


def _shown_config(app: App, submission: Submission | None) -> App | ServerConfig:
    """What was refused stays in the form, to be mended."""
    return submission.config if submission and not submission.verification.accepted else app


@simulator_page
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponseBase:
    """Do what a form of the console says, and show the console again, at the app that it was about."""
    if name not in FORMS:
        raise Http404
    values = {key: value for key, value in request.POST.items() if key != "lang"}
    try:
        done = commands.run(get_platform(), name, values)
    except ValueError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    appid = str(values.get("appid") or done.get("appid", ""))
    query = urlencode({"lang": request.POST.get("lang", ""), "app": appid})
    return HttpResponseRedirect(f"{mount_path()}/console/?{query}#{appid}", status=303)


@simulator_page
@require_GET
def verification_file(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """Hand out an account's `MP_verify_….txt`, to be put on the site."""
    for app in get_platform().apps.values():
        if app.is_account and app.verification_file == name:
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(app.verification_code, content_type="text/plain", headers=headers)
    raise Http404
