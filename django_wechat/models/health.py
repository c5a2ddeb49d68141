"""Is a provider in working order? What was last seen of WeChat's server push, and what the last check found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.models.providers import WeChatProvider


class ProviderHealth(models.Model):
    """Beside the provider and not in its row: pushes and checks write here, the admin's form there.

    `push_failures` counts refused pushes since the last good one; `push_failure` names the reason of the last of them.
    `findings` is what the last check said: a list of {"code", "verdict", "values"}; the words are made when it is read.
    """

    provider = models.OneToOneField(
        WeChatProvider, on_delete=models.CASCADE, related_name="health", verbose_name=_("WeChat provider")
    )
    url_verified_at = models.DateTimeField(_("server address verified"), null=True, blank=True)
    last_push_at = models.DateTimeField(_("last push"), null=True, blank=True)
    push_failures = models.PositiveIntegerField(_("refused pushes since then"), default=0)
    push_failure = models.CharField(max_length=32, blank=True)
    push_failed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("provider health")
        verbose_name_plural = _("provider health")

    def __str__(self) -> str:
        return str(self.provider)


def health_of(provider: WeChatProvider) -> ProviderHealth | None:
    """Return what is known of `provider`; None before its first push and its first check."""
    health: ProviderHealth | None = getattr(provider, "health", None)
    return health
