"""Where does the admin see all providers at once: what they serve, when they last did, and whether they are on?"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_wechat.admin.providers.notes import left_without
from django_wechat.flows import table
from django_wechat.models import Outcome, SignInAttempt, WeChatProvider, health_of, moments
from django_wechat.setup import provider_settings, signin_methods
from django_wechat.setup.starts import STARTS

if TYPE_CHECKING:
    ProviderAdmin = admin.ModelAdmin[WeChatProvider]
else:
    ProviderAdmin = admin.ModelAdmin


class ProviderListMixin(ProviderAdmin):
    """The columns of the list, read in one query, and its two switches."""

    list_display = ["name", "enabled", "serves", "last_sign_in", "last_push"]
    search_fields = ["name", "display_name", "client_id", "client_id_2"]
    actions = ["enable", "disable"]
    change_list_template = "django_wechat/admin/providers_change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask what the admin has, while there is no provider."""
        return super().changelist_view(request, {"starts": STARTS, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeChatProvider]:
        """Read each provider's last sign-in along."""
        provider_settings.sync_once()
        attempts = SignInAttempt.objects.filter(provider_name=OuterRef("name"), outcome=Outcome.SIGNED_IN)
        newest = attempts.order_by("-created_at").values("created_at")[:1]
        return super().get_queryset(request).annotate(last_signed_in_at=Subquery(newest))

    @admin.display(description=_("signs in"))
    def serves(self, provider: WeChatProvider) -> SafeString:
        """Return in words what visitors can do with it."""
        words = [(journey.words,) for journey in table.EVERY if journey.works_with(provider)]
        return format_html_join(mark_safe("<br>"), "{}", words or [(_("nobody: no keypair is complete"),)])

    @admin.display(description=_("last sign-in"), ordering="last_signed_in_at")
    def last_sign_in(self, provider: Any) -> str:
        """Return when the sign-in log last saw somebody get in."""
        return _when(provider.last_signed_in_at)

    @admin.display(description=_("last push"), ordering="health__last_push_at")
    def last_push(self, provider: WeChatProvider) -> str:
        """Return when WeChat's server last called."""
        health = health_of(provider)
        return _when(health.last_push_at if health else None)

    @admin.action(description=_("Switch on"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WeChatProvider]) -> None:
        """Switch the chosen providers on; one that could serve nobody is named and left."""
        chosen = self._may_change(request, queryset)
        ready = [provider for provider in chosen if provider.has_keypair]
        empty = [provider.name for provider in chosen if provider not in ready]
        if empty:
            words = _("Not switched on, because no keypair is complete: %(names)s. Open it, fill it in, and save.")
            self.message_user(request, words % {"names": ", ".join(empty)}, messages.WARNING)
        self._switch(request, ready, enabled=True)

    @admin.action(description=_("Switch off"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WeChatProvider]) -> None:
        """Switch the chosen providers off: visitors no longer see them."""
        self._switch(request, self._may_change(request, queryset), enabled=False)

    def _may_change(self, request: HttpRequest, queryset: QuerySet[WeChatProvider]) -> list[WeChatProvider]:
        """Return those that the admin may change, and name the others, which the settings decide about."""
        mine = [provider for provider in queryset if self.has_change_permission(request, provider)]
        others = [provider for provider in queryset if provider not in mine]
        if others:
            words = _("Set up in the settings, so not changed here: %(names)s.")
            self.message_user(request, words % {"names": ", ".join(map(str, others))}, messages.WARNING)
        return mine

    def _switch(self, request: HttpRequest, providers: list[WeChatProvider], *, enabled: bool) -> None:
        changed = [provider for provider in providers if provider.enabled != enabled]
        WeChatProvider.objects.filter(pk__in=[provider.pk for provider in changed]).update(enabled=enabled)
        for provider in changed:
            self.log_change(request, provider, [{"changed": {"fields": ["Enabled"]}}])
        on = ngettext("%d provider is switched on.", "%d providers are switched on.", len(changed))
        off = ngettext("%d provider is switched off.", "%d providers are switched off.", len(changed))
        if changed:
            self.message_user(request, (on if enabled else off) % len(changed), messages.SUCCESS)
        self.say_who_is_left(request)

    def say_who_is_left(self, request: HttpRequest) -> None:
        """Warn where people have no way in any more."""
        for note in left_without(signin_methods.locked_out()):
            self.message_user(request, note, messages.WARNING)


def _when(moment: datetime | None) -> str:
    return moments.shown(moment) if moment else "-"
