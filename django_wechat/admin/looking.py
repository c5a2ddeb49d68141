"""Which lists of the admin are only looked at, where do the long ones end, and what may be asked of any of them?"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.paginator import Paginator
from django.db.models import Model
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


class DeclaredLookupsMixin:
    """A list whose address asks for nothing but its own filters.

    The admin lets anybody who sees a list look any column of it up (`?openid__startswith=o`), and so read, letter by
    letter, what the list does not show.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """Return whether one of the filters beside the list asks so."""
        options: Any = self
        filters = options.list_filter if request is None else options.get_list_filter(request)
        return any(lookup in _asked_by(each, options.model) for each in filters)


def _asked_by(list_filter: Any, model: type[Model]) -> set[str]:
    """Return what a filter writes into the list's address: its own parameter, or those about its column."""
    if isinstance(list_filter, type) and issubclass(list_filter, admin.SimpleListFilter):
        return {str(list_filter.parameter_name)}
    path: str = list_filter if isinstance(list_filter, str) else list_filter[0]
    field: Any = get_fields_from_path(model, path)[-1]
    column = f"{path}__{field.target_field.name}" if field.is_relation else path
    return {f"{path}__isnull", *(f"{column}__{lookup}" for lookup in ("exact", "gte", "lt"))}


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
