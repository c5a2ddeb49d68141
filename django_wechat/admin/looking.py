"""Which lists of the admin are only looked at, and where do the long ones end?"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

NEWEST = 10_000


class NewestOnly(AnyPaginator):
    """Pages over the newest entries: to count a million rows takes longer than to read a page of them."""

    @cached_property
    def count(self) -> int:
        """How many entries match, at most NEWEST."""
        entries: Any = self.object_list
        return int(entries.order_by()[:NEWEST].count())

    @property
    def newest(self) -> int:
        """At how many the count ends; the page says so there."""
        return NEWEST


class NewestOnlyMixin:
    """A list that ends at the newest, says so, and counts nothing beyond."""

    change_list_template: ClassVar[Any] = "django_wechat/admin/newest_change_list.html"
    paginator: ClassVar[type] = NewestOnly
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class ReadOnlyMixin:
    """Rows that nobody adds or changes by hand; actions have permissions of their own."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Sign-ins add them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """What they say is what happened."""
        return False


class ExpiringMixin(ReadOnlyMixin):
    """Rows that nobody deletes by hand, either."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """They go when they are old, and not before."""
        return False
