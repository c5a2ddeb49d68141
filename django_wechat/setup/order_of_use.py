"""In which order does an admin need our lists? Django's admin has them in that of the alphabet, each language its own.

An app may not change the admin of a site by itself. Our own page there (`/admin/django_wechat/`) has the order; a site
with an `AdminSite` of its own gets it on the index and beside each page, too, by `InOrderOfUse`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
else:
    AdminSite = object

ORDER = ("WeChatProvider", "SigninMethod", "SignInAttempt", "WeChatIdentity", "WeChatDuplicate", "QRSession")


def in_order_of_use(app_list: Iterable[Any]) -> list[Any]:
    """Return the admin's list of apps with our lists in the order of their use, and everybody else's as they were."""
    return [app | {"models": sorted(app["models"], key=_place)} if _is_ours(app) else app for app in app_list]


class InOrderOfUse(AdminSite):
    """Goes before `AdminSite`: `class MyAdminSite(InOrderOfUse, admin.AdminSite)`."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return what the index and the sidebar list."""
        return in_order_of_use(super().get_app_list(request, app_label))


def _is_ours(app: Any) -> bool:
    return bool(app["app_label"] == "django_wechat")


def _place(model: Any) -> int:
    name = model["object_name"]
    return ORDER.index(name) if name in ORDER else len(ORDER)
