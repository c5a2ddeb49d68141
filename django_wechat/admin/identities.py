"""Where does the admin see who signed in with WeChat, and erase what WeChat said about somebody?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.models import SocialAccount
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_wechat.admin import persons
from django_wechat.admin.looking import DeclaredLookupsMixin, NewestOnlyMixin, ReadOnlyMixin
from django_wechat.models import WeChatIdentity, WeChatProvider
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import erasure
from django_wechat.people.erasure import Plan
from django_wechat.people.users import has_rank, is_superuser

if TYPE_CHECKING:
    IdentityAdmin = admin.ModelAdmin[WeChatIdentity]
else:
    IdentityAdmin = admin.ModelAdmin

STAFF = _(
    "Nobody was erased: these members of the staff would have no way left to sign in, and only a superuser can do "
    "that to them: %(names)s. Choose the others alone, or ask a superuser."
)


AT_ONCE = 500
"""How many are erased at once: Django's admin takes no more than a thousand fields, and each is a row to look at."""


def user_search_fields(path: str) -> list[str]:
    """Return what the users at `path` are called by, whatever the site's user model.

    An email address is found when it is whole: who sees no addresses shall not find them out letter by letter.
    """
    user = get_user_model()
    emails = {user.get_email_field_name()} & {field.name for field in user._meta.get_fields()}
    whole = [f"{path}__{name}__iexact" for name in emails - {user.USERNAME_FIELD}]
    return [f"{path}__{user.USERNAME_FIELD}__icontains", *whole]


class AppidFilter(admin.SimpleListFilter):
    """By the AppIDs of the providers there are; those of the identities would have to be looked for in all of them."""

    title = _("AppID")
    parameter_name = "appid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the AppIDs of all providers."""
        keypairs = WeChatProvider.objects.values_list("client_id", "client_id_2")
        appids = {appid for keypair in keypairs for appid in keypair if appid}
        return [(appid, appid) for appid in sorted(appids)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WeChatIdentity]) -> QuerySet[WeChatIdentity]:  # noqa: ARG002
        """Return the identities of the chosen app."""
        return queryset.filter(appid=self.value()) if self.value() else queryset


@admin.register(WeChatIdentity)
class WeChatIdentityAdmin(DeclaredLookupsMixin, ReadOnlyMixin, NewestOnlyMixin, IdentityAdmin):
    """Who signed in with which appid; read-only, because WeChat says who is who.

    There is no plain deletion: an identity alone is not what anybody wants to be rid of. People are erased as a whole.
    """

    list_display = ["person", "user", "appid", "has_unionid", "first_seen_at"]
    list_filter = [AppidFilter]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["openid__exact", "unionid__exact"]
    search_help_text = _("A nickname or a username, or a whole e-mail address, openid or unionid")
    # Under this name it stands in the place of the admin's plain deletion.
    actions = ["delete_selected"]

    class Media:
        css = {"all": [persons.STYLES]}

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by what people are called, too."""
        called = [*persons.search_fields("account"), *user_search_fields("account__user")]
        return [*super().get_search_fields(request), *called]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeChatIdentity]:
        """Read the users along with the list."""
        return super().get_queryset(request).prefetch_related("account__user", *persons.pictures("account"))

    @admin.display(description=_("WeChat"))
    def person(self, identity: WeChatIdentity) -> str:
        """Return picture and nickname."""
        return persons.shown(identity.account)

    @admin.display(description=_("user"))
    def user(self, identity: WeChatIdentity) -> str:
        """Return the name of the person's user."""
        return str(identity.account.user)

    @admin.display(description=_("unionid known"), boolean=True)
    def has_unionid(self, identity: WeChatIdentity) -> bool:
        """Return whether WeChat gave a unionid."""
        return bool(identity.unionid)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may erase people: it deletes identities, and changes users."""
        user_options = get_user_model()._meta
        change_users = f"{user_options.app_label}.{get_permission_codename('change', user_options)}"
        return self.has_delete_permission(request) and request.user.has_perm(change_users)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an identity without a button to delete it."""
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "show_delete": False})

    def delete_view(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Refuse the plain deletion."""
        raise PermissionDenied

    @admin.action(description=_("Erase WeChat data of these people…"), permissions=["erase"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[WeChatIdentity]) -> HttpResponse | None:
        """Ask first; then erase what WeChat said about the people behind the chosen identities."""
        if queryset[: AT_ONCE + 1].count() > AT_ONCE:
            words = _("Nobody was erased: at most %d identities can be chosen at once. Choose fewer, or search first.")
            self.message_user(request, words % AT_ONCE, messages.ERROR)
            return None
        accounts = SocialAccount.objects.filter(wechat_identities__in=queryset).distinct().select_related("user")
        plans = erasure.plan(accounts.order_by("pk"))
        if not is_superuser(request.user) and (staff := _locked_out_staff(plans)):
            self.message_user(request, STAFF % {"names": ", ".join(staff)}, messages.ERROR)
            return None
        if request.POST.get("confirmed") != "yes":
            return self._ask(request, queryset, plans)
        self._erase(request, plans)
        return None

    def _ask(self, request: HttpRequest, chosen: QuerySet[WeChatIdentity], plans: list[Plan]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Erase WeChat data"),
            "opts": self.opts,
            "plans": plans,
            "chosen": chosen,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "django_wechat/admin/erase_identities.html", context)

    def _erase(self, request: HttpRequest, plans: list[Plan]) -> None:
        with all_or_nothing():
            for plan in plans:
                if erasure.erase(plan.account):
                    self.log_change(request, plan.account.user, gettext("WeChat data erased."))
        number = len(plans)
        message = ngettext("The WeChat data of %d person is erased.", "The WeChat data of %d people is erased.", number)
        self.message_user(request, message % number, messages.SUCCESS)


def _locked_out_staff(plans: Iterable[Plan]) -> list[str]:
    """Return the names of those of the staff who could not sign in any more."""
    return [str(plan.account.user) for plan in plans if plan.deactivates and has_rank(plan.account.user)]
