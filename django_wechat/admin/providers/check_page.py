"""Where does the admin see whether a provider works? The Check button, its result, and a column of the list."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from django_wechat.admin.providers import once
from django_wechat.admin.providers.findings import result_of
from django_wechat.models import WeChatProvider, health_of
from django_wechat.setup import check as setup_check

if TYPE_CHECKING:
    ProviderAdmin = admin.ModelAdmin[WeChatProvider]
else:
    ProviderAdmin = admin.ModelAdmin

CHECK_URL = "django_wechat_wechatprovider_check"
CHANGE_URL = "django_wechat_wechatprovider_change"
BACK = "_wechat_back"
"""What the provider's own page sends along when it asks without its script."""


class ProviderCheckMixin(ProviderAdmin):
    """Adds the page “Check” and the column “health” to the admin of `WeChatProvider`.

    Looking at the last result needs the permission to view the provider, checking the one to change it.
    """

    class Media:
        css = {"all": ["django_wechat/admin/check.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Put the page before the admin's own, which would take its address for an object's."""
        view: Callable[..., HttpResponse] = self.admin_site.admin_view(
            require_http_methods(["GET", "POST"])(self.check_view)
        )
        return [path("<path:object_id>/check/", view, name=CHECK_URL), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Add the health to the list."""
        return [*super().get_list_display(request), "health_summary"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeChatProvider]:
        """Read the health along with the list."""
        return super().get_queryset(request).select_related("health")

    @admin.display(description=gettext_lazy("health"))
    def health_summary(self, provider: WeChatProvider) -> SafeString:
        """Return sign and words, linked to the result."""
        summary = setup_check.summarise(health_of(provider))
        return format_html(
            '<a class="wechat-verdict wechat-verdict-{}" href="{}"><span aria-hidden="true">{}</span> {}</a>',
            summary.verdict,
            reverse(f"admin:{CHECK_URL}", args=[provider.pk], current_app=self.admin_site.name),
            summary.verdict.sign,
            summary,
        )

    def check_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows the last result, POST checks again."""
        provider = self.get_object(request, unquote(object_id))
        if provider is None:
            raise Http404
        # Without the provider: one of the settings is changed by nobody here, and checked all the same.
        may_check = self.has_change_permission(request)
        if not (may_check if request.method == "POST" else self.has_view_permission(request, provider)):
            raise PermissionDenied
        if request.method == "POST":
            setup_check.check(provider, seen=request.build_absolute_uri("/"))
            return HttpResponseRedirect(self._after(request, provider))
        return TemplateResponse(request, "django_wechat/admin/check.html", self._context(request, provider, may_check))

    def _after(self, request: HttpRequest, provider: WeChatProvider) -> str:
        """Return where the result is read: here, or on the provider's page, if that asked."""
        if BACK not in request.POST:
            return request.path
        once.arm(request, provider, [])
        return reverse(f"admin:{CHANGE_URL}", args=[provider.pk], current_app=self.admin_site.name)

    def _context(self, request: HttpRequest, provider: WeChatProvider, may_check: bool) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("Check %(provider)s") % {"provider": provider},
            "opts": self.opts,
            "original": provider,
            "media": self.media,
            "may_check": may_check,
            "result": result_of(health_of(provider)),
            "change_url": reverse(f"admin:{CHANGE_URL}", args=[provider.pk], current_app=self.admin_site.name),
        }
