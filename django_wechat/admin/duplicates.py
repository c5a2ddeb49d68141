"""Where does the admin see users who are one person, and merge them?"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_wechat.admin import persons
from django_wechat.admin.identities import user_search_fields
from django_wechat.admin.looking import DeclaredLookupsMixin, ReadOnlyMixin
from django_wechat.models import WeChatDuplicate
from django_wechat.people import merging
from django_wechat.people.merging import MergeRefused
from django_wechat.people.users import is_superuser

if TYPE_CHECKING:
    DuplicateAdmin = admin.ModelAdmin[WeChatDuplicate]
else:
    DuplicateAdmin = admin.ModelAdmin

UserOf = Callable[[WeChatDuplicate], AbstractBaseUser]
_ACCOUNTS = ("identity__account", "account")


@admin.register(WeChatDuplicate)
class WeChatDuplicateAdmin(DeclaredLookupsMixin, ReadOnlyMixin, DuplicateAdmin):
    """Pairs of users whom WeChat says are one person: merged by an action, dismissed by deleting."""

    list_display = ["found_at", "user", "other_user", "appid", "unionid_ends_in"]
    fields = ["found_at", "user", "other_user", "appid", "unionid_ends_in"]
    actions = ["merge_selected", "delete_selected"]
    change_list_template = "django_wechat/admin/duplicates.html"

    class Media:
        css = {"all": [persons.STYLES]}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Link the users for those who may see them."""
        return [
            "found_at",
            self._user_column(request, gettext("user"), _identity_user),
            self._user_column(request, gettext("other user"), _account_user),
            "appid",
            "unionid_ends_in",
        ]

    def get_search_fields(self, request: HttpRequest) -> list[str]:  # noqa: ARG002
        """Search by what the two users are called, here and at WeChat."""
        return [
            *(field for path in _ACCOUNTS for field in persons.search_fields(path)),
            *(field for path in _ACCOUNTS for field in user_search_fields(f"{path}__user")),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeChatDuplicate]:
        """Read the users along with the list."""
        pictures = [each for path in _ACCOUNTS for each in persons.pictures(path)]
        return super().get_queryset(request).select_related(*(f"{path}__user" for path in _ACCOUNTS), *pictures)

    @admin.display(description=_("user"))
    def user(self, duplicate: WeChatDuplicate) -> str:
        """Return the name of the user whose identity was seen with the other's unionid."""
        return merging.name_of(_identity_user(duplicate))

    @admin.display(description=_("other user"))
    def other_user(self, duplicate: WeChatDuplicate) -> str:
        """Return the name of the user who has the unionid."""
        return merging.name_of(_account_user(duplicate))

    @admin.display(description=_("AppID"))
    def appid(self, duplicate: WeChatDuplicate) -> str:
        """Return the appid through which it was noticed."""
        return str(duplicate.identity.appid)

    @admin.display(description=_("unionid ends in"))
    def unionid_ends_in(self, duplicate: WeChatDuplicate) -> str:
        """Return the last four characters of the unionid."""
        return f"…{duplicate.unionid[-4:]}" if duplicate.unionid else "-"

    @admin.action(permissions=["merge"], description=_("Merge into one user…"))
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[WeChatDuplicate]) -> HttpResponse | None:
        """Show what would be merged and ask whom to keep; merge what was answered."""
        if "merge" not in request.POST:
            return self._merge_page(request, queryset)
        numbers = list(queryset.order_by("pk").values_list("pk", flat=True))
        merged = sum(self._merge_one(request, number) for number in numbers)
        if merged:
            text = ngettext("%(count)d duplicate was merged.", "%(count)d duplicates were merged.", merged)
            self.message_user(request, text % {"count": merged}, messages.SUCCESS)
        return None

    @admin.action(permissions=["delete"], description=_("Dismiss: not the same person"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[WeChatDuplicate]) -> HttpResponse | None:
        """Delete duplicates in the admin's usual way, under a name that says what it means."""
        return delete_selected(self, request, queryset)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Those may merge who may change both duplicates and users."""
        return all(
            request.user.has_perm(f"{model._meta.app_label}.{get_permission_codename('change', model._meta)}")
            for model in (WeChatDuplicate, get_user_model())
        )

    def _user_column(self, request: HttpRequest, title: str, user_of: UserOf) -> Callable[[WeChatDuplicate], str]:
        @admin.display(description=title)
        def linked(duplicate: WeChatDuplicate) -> str:
            return self._shown(request, duplicate, user_of(duplicate))

        # The admin makes the column's CSS class of it.
        linked.__name__ = user_of.__name__.lstrip("_")
        return linked

    def _shown(self, request: HttpRequest, duplicate: WeChatDuplicate, user: AbstractBaseUser) -> str:
        """Return picture, nickname and user, linked for those who may see the user."""
        accounts = (duplicate.identity.account, duplicate.account)
        account = next(account for account in accounts if account.user_id == user.pk)
        return persons.shown(account, self._link(request, user))

    def _link(self, request: HttpRequest, user: Any) -> str:
        model, name = get_user_model(), merging.name_of(user)
        if not self.admin_site.is_registered(model):
            return name
        if not self.admin_site.get_model_admin(model).has_view_or_change_permission(request, user):
            return name
        page = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(page, args=[user.pk]), name)

    def _merge_page(self, request: HttpRequest, queryset: QuerySet[WeChatDuplicate]) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Merge into one user"),
            "opts": self.opts,
            "media": self.media,
            "pairs": [self._pair(request, duplicate) for duplicate in queryset.order_by("pk")],
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "django_wechat/admin/merge_confirmation.html", context)

    def _pair(self, request: HttpRequest, duplicate: WeChatDuplicate) -> dict[str, Any]:
        """Return what the page shows of one duplicate: the evidence, and whom to keep or why nobody can be merged."""
        users = merging.by_age(duplicate)
        people = [
            {"pk": user.pk, "link": self._shown(request, duplicate, user), "evidence": merging.evidence_of(user)}
            for user in users
        ]
        return {
            "duplicate": duplicate,
            "noticed": merging.noticed(duplicate),
            "people": people,
            "one_user": merging.is_one_user(duplicate),
            "refusal": _refusal(request, duplicate),
        }

    def _merge_one(self, request: HttpRequest, number: int) -> bool:
        """Merge one duplicate as the form says; whatever becomes of it, say so."""
        # Read again: the one before may have changed or settled it.
        duplicate = self.get_queryset(request).filter(pk=number).first()
        if duplicate is None:
            return False
        refusal = _refusal(request, duplicate)
        chosen = request.POST.get(f"keep-{number}")
        keep = next((user for user in merging.by_age(duplicate) if str(user.pk) == chosen), None)
        if keep is None and not refusal:
            refusal = gettext("The user to keep was not chosen, or is no longer one of the two. Look at it again.")
        try:
            plan = merging.merge(duplicate, keep=keep) if keep and not refusal else None
        except MergeRefused as error:
            plan, refusal = None, str(error)
        if refusal:
            text = gettext("%(duplicate)s was not merged. %(reason)s") % {"duplicate": duplicate, "reason": refusal}
            self.message_user(request, text, messages.ERROR)
        if plan:
            self._log(request, plan)
        return plan is not None

    def _log(self, request: HttpRequest, plan: merging.MergePlan) -> None:
        """Leave a trace in the history of both users."""
        names = {"kept": merging.name_of(plan.kept), "merged": merging.name_of(plan.merged)}
        both: tuple[Any, Any] = (plan.kept, plan.merged)
        for user in both:
            self.log_change(request, user, gettext("Merged %(merged)s into %(kept)s.") % names)


def _refusal(request: HttpRequest, duplicate: WeChatDuplicate) -> str:
    """Return why this admin cannot merge this duplicate, or ""."""
    users = merging.by_age(duplicate)
    if any(map(is_superuser, users)) and not is_superuser(request.user):
        return gettext("One of the two is a superuser. Ask a superuser to merge them.")
    if not all(_may_change(request, user) for user in users):
        return gettext("You may not change both users. Ask somebody who may.")
    try:
        merging.plan_for(duplicate)
    except MergeRefused as refusal:
        return str(refusal)
    return ""


def _may_change(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether the site's own admin of users lets this admin change this one."""
    model = type(user)
    if not admin.site.is_registered(model):
        return True
    return admin.site.get_model_admin(model).has_change_permission(request, user)


def _identity_user(duplicate: WeChatDuplicate) -> AbstractBaseUser:
    user: AbstractBaseUser = duplicate.identity.account.user
    return user


def _account_user(duplicate: WeChatDuplicate) -> AbstractBaseUser:
    user: AbstractBaseUser = duplicate.account.user
    return user
