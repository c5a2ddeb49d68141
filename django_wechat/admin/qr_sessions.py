"""Where does the admin see the official accounts' and mini programs' codes of late, and how far they got?"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_wechat.admin.attempts import JOURNEYS
from django_wechat.admin.identities import user_search_fields
from django_wechat.admin.looking import DeclaredLookupsMixin, ExpiringMixin, NewestOnlyMixin
from django_wechat.models import QRSession, Status, WeChatIdentity
from django_wechat.stores.program_scans import WRONG_ENTRY

if TYPE_CHECKING:
    SessionAdmin = admin.ModelAdmin[QRSession]
else:
    SessionAdmin = admin.ModelAdmin

_NOTICES = {WRONG_ENTRY: _("a phone was turned away: the code had been sent to it")}
_UNFINISHED = (Status.WAITING, Status.SCANNED, Status.CONFIRMED)


@admin.register(QRSession)
class QRSessionAdmin(DeclaredLookupsMixin, ExpiringMixin, NewestOnlyMixin, SessionAdmin):
    """Read-only for everybody; no key, no scene and no whole openid is on the page."""

    list_display = ["created_at", "provider", "journey_words", "state", "notice_words", "user", "expires_at"]
    list_filter = ["provider", "created_at"]
    # Read by itself: to join and order them, MariaDB would sort the whole table.
    list_select_related = ()
    fields = [
        *("created_at", "provider", "journey_words", "state", "notice_words"),
        *("user", "openid_end", "appid", "changed_at", "expires_at"),
    ]
    search_fields = ["openid__exact"]
    search_help_text = _("A user’s name, or a whole e-mail address or openid")
    # The newest first: keys are given out as sessions are opened, and need no further index.
    ordering = ["-pk"]
    sortable_by = ()
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[QRSession]:
        """Read the scanners' users along with the list."""
        name = f"account__user__{get_user_model().USERNAME_FIELD}"
        qr_sessions = super().get_queryset(request).prefetch_related("provider")
        return qr_sessions.annotate(user_name=Subquery(_scanner().values(name)[:1]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[QRSession], search_term: str
    ) -> tuple[QuerySet[QRSession], bool]:
        """Find the sessions that a user scanned, and those of one openid."""
        del request
        term = search_term.strip()
        if not term:
            return queryset, False
        called = Q(*((lookup, term) for lookup in user_search_fields("account__user")), _connector=Q.OR)
        return queryset.filter(Exists(_scanner().filter(called)) | Q(openid=term)), False

    @admin.display(description=_("journey"))
    def journey_words(self, qr_session: QRSession) -> str:
        """Return in words what the code is of, and how it is used."""
        return str(JOURNEYS.get(qr_session.request.get("journey", ""), "-"))

    @admin.display(description=_("notice"))
    def notice_words(self, qr_session: QRSession) -> str:
        """Return what the computer is told beside the status."""
        return str(_NOTICES.get(qr_session.notice, qr_session.notice)) or "-"

    @admin.display(description=_("status"), ordering="status")
    def state(self, qr_session: QRSession) -> str:
        """Return the status in words; expired is read from the clock."""
        if qr_session.status in _UNFINISHED and qr_session.expires_at <= timezone.now():
            return gettext("expired: %(status)s") % {"status": qr_session.get_status_display()}
        return str(qr_session.get_status_display())

    @admin.display(description=_("user"))
    def user(self, qr_session: Any) -> str:
        """Return the user who scanned, if this site knows the person."""
        return qr_session.user_name or "-"

    @admin.display(description=_("OpenID"))
    def openid_end(self, qr_session: QRSession) -> str:
        """Return the end of the scanner's openid."""
        return f"…{qr_session.openid[-4:]}" if qr_session.openid else "-"


def _scanner() -> QuerySet[WeChatIdentity]:
    return WeChatIdentity.objects.filter(appid=OuterRef("appid"), openid=OuterRef("openid"))
