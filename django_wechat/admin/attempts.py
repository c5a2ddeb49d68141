"""Where does the admin see how sign-ins ended, and what is behind the reference that a visitor sends?"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_wechat import conf
from django_wechat.admin import attempts_chart
from django_wechat.admin.errcode_words import in_words
from django_wechat.admin.looking import DeclaredLookupsMixin, ExpiringMixin, NewestOnlyMixin
from django_wechat.flows import table
from django_wechat.models import SignInAttempt, WeChatProvider, moments
from django_wechat.problems import PROBLEMS

if TYPE_CHECKING:
    AttemptAdmin = admin.ModelAdmin[SignInAttempt]
else:
    AttemptAdmin = admin.ModelAdmin

JOURNEYS = {journey.name: journey.words for journey in table.EVERY}
_ENDINGS = {
    "refused_on_phone": _("On the phone, the person said that it was not them"),
    "another_phone": _("Somebody else than who scanned wanted to confirm on a phone"),
    "disowned_on_phone": _("After the sign-in, the person said on the phone that it was not them: it was taken back"),
    "wrong_entry": _("A code of the mini program that had been sent to somebody was opened; nobody was signed in"),
    "not_connected": _("On the computer, the visitor said that this WeChat is not to be connected"),
    "more_asked": _("WeChat said who it is; this site then asked for more, such as a second factor or a sign-up form"),
    "site_refused": _("WeChat said who it is; this site did not accept it: closed, inactive, or another user’s WeChat"),
}


class ProviderFilter(admin.SimpleListFilter):
    """By the providers there are; the log's own names would have to be looked for in all of it."""

    title = _("WeChat provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the names of all providers."""
        return [(name, name) for name in WeChatProvider.objects.values_list("name", flat=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignInAttempt]) -> QuerySet[SignInAttempt]:  # noqa: ARG002
        """Return the entries of the chosen provider."""
        return queryset.filter(provider_name=self.value()) if self.value() else queryset


class JourneyFilter(admin.SimpleListFilter):
    """By the way a visitor took."""

    title = _("journey")
    parameter_name = "journey"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Return the journeys that can end."""
        return list(JOURNEYS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignInAttempt]) -> QuerySet[SignInAttempt]:  # noqa: ARG002
        """Return the entries of the chosen journey."""
        return queryset.filter(journey=self.value()) if self.value() else queryset


@admin.register(SignInAttempt)
class SignInAttemptAdmin(DeclaredLookupsMixin, ExpiringMixin, NewestOnlyMixin, AttemptAdmin):
    """The sign-in log: read-only for everybody, and nothing in it says who somebody is."""

    change_list_template = "django_wechat/admin/attempts_change_list.html"
    list_display = ["when", "reference", "provider_name", "journey_words", "ending", "reason", "duration"]
    list_display_links = None
    list_filter = [ProviderFilter, JourneyFilter, "outcome", "created_at"]
    sortable_by = ["when"]
    search_fields = ["reference__exact"]
    search_help_text = _("The reference that a visitor was shown on an error page, such as 1a2b3c4d")
    actions = None

    class Media:
        css = {"all": ["django_wechat/admin/attempts.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SignInAttempt], search_term: str
    ) -> tuple[QuerySet[SignInAttempt], bool]:
        """Search for a reference as people hand it on: in capitals, in brackets, with a full stop."""
        return super().get_search_results(request, queryset, search_term.lower().strip(" \t[]().,;:'\""))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the chart above the list; it is drawn only for those who may see the page."""
        context = {"chart": attempts_chart.last_24_hours, "log_days": conf.get("LOG_DAYS")}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=_("when"), ordering="created_at")
    def when(self, attempt: SignInAttempt) -> str:
        """Return the moment, short enough to leave room for the reference beside it."""
        return moments.shown(attempt.created_at)

    @admin.display(description=_("journey"))
    def journey_words(self, attempt: SignInAttempt) -> str:
        """Return the journey in words."""
        return str(JOURNEYS.get(attempt.journey, attempt.journey or "-"))

    @admin.display(description=_("outcome"))
    def ending(self, attempt: SignInAttempt) -> str:
        """Return the outcome in words, with a dot in its colour."""
        words = attempt.get_outcome_display()
        return format_html('<span class="wechat-outcome wechat-{}">{}</span>', attempt.outcome, words)

    @admin.display(description=_("reason"))
    def reason(self, attempt: SignInAttempt) -> str:
        """Return WeChat's errcode in words, or else what the visitor was told."""
        if attempt.errcode is not None:
            return in_words(attempt.errcode)
        told = PROBLEMS[attempt.problem].title if attempt.problem in PROBLEMS else attempt.problem
        return str(_ENDINGS.get(attempt.problem, told)) or "-"

    @admin.display(description=_("duration"))
    def duration(self, attempt: SignInAttempt) -> str:
        """Return how long this site and WeChat's server took."""
        if attempt.duration_ms is None:
            return "-"
        return gettext("%s s") % number_format(attempt.duration_ms / 1000, decimal_pos=2)
