"""Where does the admin choose which ways to sign in the login page shows, and in which order?"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from django_wechat.admin.looking import DeclaredLookupsMixin
from django_wechat.admin.providers.notes import left_without
from django_wechat.models import Method, Rule, SigninMethod
from django_wechat.setup import signin_methods

if TYPE_CHECKING:
    MethodAdmin = admin.ModelAdmin[SigninMethod]
    MethodForm = ModelForm[SigninMethod]
else:
    MethodAdmin = admin.ModelAdmin
    MethodForm = ModelForm


class RowForm(MethodForm):
    """One row of the table, whose fields have no label beside them: each says itself whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            words = {"field": field.label, "method": self.instance.get_method_display()}
            field.widget.attrs["aria-label"] = gettext("%(field)s of %(method)s") % words


@admin.register(SigninMethod)
class SigninMethodAdmin(DeclaredLookupsMixin, MethodAdmin):
    """The table of the login page: its rows are few, so all of it is edited in the list."""

    list_display = ["method", "display_name", "rule", "order", "on_the_login_page"]
    list_editable = ["display_name", "rule", "order"]
    fields = ["method", "display_name", "rule", "order"]
    change_list_template = "django_wechat/admin/signin_methods.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the button that fills the empty table."""
        fill = path("fill/", self.admin_site.admin_view(self.fill), name="django_wechat_signinmethod_fill")
        return [fill, *super().get_urls()]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Label the fields of the table."""
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def fill(self, request: HttpRequest) -> HttpResponse:
        """Add a row for every method that works now and has none, so that the page stays as it is until changed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        known = set(SigninMethod.objects.values_list("method", flat=True))
        usable = signin_methods.available(wechat=signin_methods.wechat_can_serve())
        missing = [method for method in Method.values if method in usable and method not in known]
        for order, method in enumerate(missing, start=len(known) + 1):
            SigninMethod.objects.create(method=method, rule=Rule.TAB, order=order)
        self.message_user(request, _("Added: every way to sign in that works on this site."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:django_wechat_signinmethod_changelist"))

    def save_model(self, request: HttpRequest, obj: SigninMethod, form: MethodForm, change: bool) -> None:
        """Say so when the login page will not show what was just asked for."""
        super().save_model(request, obj, form, change)
        if reason := self._missing(obj):
            self.message_user(request, f"{obj}{pgettext('punctuation', ': ')}{reason}", messages.WARNING)
        if obj.method == Method.WECHAT and obj.rule == Rule.OFF:
            for note in left_without(signin_methods.with_wechat_alone()):
                self.message_user(request, note, messages.WARNING)

    def get_readonly_fields(self, request: HttpRequest, obj: SigninMethod | None = None) -> list[str]:
        """A row keeps its method; another method is another row."""
        del request
        return ["method"] if obj else []

    @admin.display(description=_("on the login page"))
    def on_the_login_page(self, row: SigninMethod) -> str:
        """Return whether visitors see it, or why not."""
        if row.rule == Rule.OFF:
            return str(_("hidden"))
        return self._missing(row) or str(_("shown"))

    def _missing(self, row: SigninMethod) -> str:
        usable = signin_methods.available(wechat=row.method == Method.WECHAT and signin_methods.wechat_can_serve())
        return "" if row.rule == Rule.OFF or row.method in usable else str(signin_methods.MISSING[Method(row.method)])
