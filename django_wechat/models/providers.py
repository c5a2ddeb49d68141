"""What did the admin fill in? One row per WeChat provider, in the words of its form."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from django_wechat.models.entries import Pasted
from django_wechat.models.fields import EncryptedCharField, IdentifierField
from django_wechat.models.hosts import host_names, normal_host
from django_wechat.models.rows import all_by
from django_wechat.models.sub_types import WITH_PAGES, FollowUpAction, OpensProgram, SubType
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.protocol.push import OfficialAccount


class WeChatProviderManager(models.Manager["WeChatProvider"]):
    """Providers, in the order in which they are asked whether they can serve a browser."""

    def serving(self, host: str) -> "list[WeChatProvider]":
        """Return the enabled providers for requests to `host` (a host name, with or without a port)."""
        enabled = sorted(all_by(self.model, "enabled", True), key=lambda provider: (provider.order, provider.pk))
        return [provider for provider in enabled if provider.serves(host)]


class WeChatProvider(OpensProgram, Pasted):
    """One row of the admin's WeChat configuration, in the words of its form.

    allauth's view of all rows together is `WeChatAllauthProvider` in `provider.py`.
    """

    name = models.SlugField(
        _("Name"),
        unique=True,
        help_text=_("Letters and digits. Part of the address that WeChat calls: keep it once it is in use."),
    )
    display_name = models.CharField(
        _("Display name"), max_length=60, default="WeChat", help_text=_("What visitors read on tabs and buttons.")
    )
    sub_type = models.CharField(
        _("Purpose (SubType)"),
        max_length=20,
        choices=SubType,
        default=SubType.WEB,
        help_text=_(
            "Web: QR codes on PCs; with an official account, inside WeChat, too. Mobile: only that. "
            "Mini program, App: people in one of yours."
        ),
    )
    client_id = IdentifierField(
        _("AppID (Client ID)"),
        max_length=32,
        blank=True,
        help_text=_(
            "The AppID: “wx” and 16 more characters. Web: open.weixin.qq.com → 管理中心 → 网站应用 → 详情. "
            "Mobile: mp.weixin.qq.com → 基本配置."
        ),
    )
    client_secret = EncryptedCharField(
        _("AppSecret (Client Secret)"),
        max_length=128,
        blank=True,
        help_text=_("From the same page. WeChat shows it once; if it is lost, reset it there."),
    )
    client_id_2 = IdentifierField(
        _("AppID (Client ID 2)"),
        max_length=32,
        blank=True,
        help_text=_("The AppID of your official account (公众号): mp.weixin.qq.com → 基本配置."),
    )
    client_secret_2 = EncryptedCharField(
        _("AppSecret (Client Secret 2)"),
        max_length=128,
        blank=True,
        help_text=_("From the same page. WeChat shows it once; if it is lost, reset it there."),
    )
    access_token = EncryptedCharField(
        _("Token (Access Token)"),
        max_length=64,
        blank=True,
        help_text=_(
            "3 to 32 letters and digits that you make up, the same here and as Token at mp.weixin.qq.com → 基本配置 → "
            "服务器配置. Not the access_token of WeChat’s API."
        ),
    )
    encoding_aes_key = EncryptedCharField(
        _("EncodingAESKey"),
        max_length=43,
        blank=True,
        help_text=_(
            "43 letters and digits, the same here and at mp.weixin.qq.com → 基本配置 → 服务器配置. "
            "Blank: plain mode (明文模式)."
        ),
    )
    previous_encoding_aes_key = EncryptedCharField(max_length=43, blank=True, editable=False)
    enable_qr_code = models.BooleanField(
        _("Enable QR code"),
        default=False,
        help_text=_(
            "Show a code on PCs. Web: the official account’s; visitors scan, follow and are signed in. Needs Client "
            "ID 2, Client Secret 2 and Access Token. Mini program: its own; visitors scan, and confirm in the program."
        ),
    )
    follow_up_action = models.CharField(
        _("Follow-up action"),
        max_length=10,
        choices=FollowUpAction,
        default=FollowUpAction.OPEN,
        help_text=_("What follows the scan of the official account’s QR code."),
    )
    confirm_on_phone = models.BooleanField(
        _("Confirm on phone"),
        default=True,
        help_text=_(
            "Ask on the phone before the PC is signed in. Without it, whoever shows a visitor a QR code can be "
            "signed in as that visitor."
        ),
    )
    enabled = models.BooleanField(_("Enabled"), default=True)
    order = models.PositiveIntegerField(_("Order"), default=0, help_text=_("Lower numbers are asked first."))
    hosts = models.TextField(
        _("Hosts"),
        blank=True,
        help_text=_(
            "Host names this provider serves, one a line, such as www.example.com. Blank: every host of this site."
        ),
    )

    in_settings = models.BooleanField(_("set up in the settings"), default=False, editable=False)

    objects = WeChatProviderManager()

    class Meta:
        verbose_name = _("WeChat provider")
        verbose_name_plural = _("WeChat providers")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def open_platform(self) -> AppCredentials | None:
        """The website app of the Open Platform; None unless SubType is Web and its keypair is filled in."""
        return self._first_keypair(SubType.WEB)

    @property
    def has_open_platform(self) -> bool:
        """Whether there is an Open Platform keypair; decrypts nothing, so a lost key cannot break the login page."""
        return self.is_filled_as(SubType.WEB)

    @property
    def mini_program(self) -> AppCredentials | None:
        """The mini program; None unless SubType is Mini program and its keypair is filled in."""
        return self._first_keypair(SubType.MINI_PROGRAM)

    @property
    def mobile_app(self) -> AppCredentials | None:
        """The mobile app; None unless SubType is App and its keypair is filled in."""
        return self._first_keypair(SubType.APP)

    @property
    def in_wechat_app(self) -> AppCredentials | None:
        """The official account for sign-in inside WeChat: the second keypair, else the first of SubType Mobile."""
        if self._has_second_keypair:
            return AppCredentials(self.client_id_2, self.client_secret_2)
        return self._first_keypair(SubType.MOBILE)

    @property
    def has_in_wechat_app(self) -> bool:
        """Whether there is a keypair for sign-in inside WeChat; decrypts nothing."""
        return self.is_filled_as(SubType.MOBILE) or self._has_second_keypair

    @property
    def has_keypair(self) -> bool:
        """Whether anybody could sign in with it at all; decrypts nothing."""
        return self._filled("client_id", "client_secret") or self._has_second_keypair

    @property
    def second_keypair_wins(self) -> bool:
        """Whether the first AppID is not used, because SubType Mobile has two and takes the second."""
        return self.sub_type == SubType.MOBILE and bool(self.client_id and self.client_id_2)

    @property
    @sensitive_variables()
    def official_account(self) -> OfficialAccount | None:
        """The official account of the second keypair, with what signs and encrypts its pushes."""
        if not self._has_second_keypair:
            return None
        keys = (self.encoding_aes_key, self.previous_encoding_aes_key) if self.encoding_aes_key else ()
        used = tuple(filter(None, keys))
        website_appid = self.client_id if self.has_open_platform else ""
        return OfficialAccount(self.client_id_2, self.client_secret_2, self.access_token, used, website_appid)

    @property
    def official_account_qr_complete(self) -> bool:
        """Whether the official account's QR code can be shown on a PC."""
        complete = self._filled("client_id_2", "client_secret_2", "access_token")
        return self.sub_type == SubType.WEB and self.enable_qr_code and complete

    @property
    def mini_program_qr_complete(self) -> bool:
        """Whether the mini program's code can be shown on a PC."""
        return self.enable_qr_code and self.is_filled_as(SubType.MINI_PROGRAM)

    @property
    def signs_in_by_scan_alone(self) -> bool:
        """Whether the admin switched the question on the phone off where it protects somebody."""
        media = self.follow_up_action == FollowUpAction.MEDIA
        return self.official_account_qr_complete and media and not self.confirm_on_phone

    def serves(self, host: str) -> bool:
        """Return whether this provider is for `host`, however the host is written; the port does not count."""
        names = host_names(self.hosts)
        return not names or normal_host(host) in names

    def is_filled_as(self, sub_type: SubType) -> bool:
        """Return whether it is of `sub_type` and has the keypair of that; decrypts nothing."""
        return self.sub_type == sub_type and self._filled("client_id", "client_secret")

    @property
    def _has_second_keypair(self) -> bool:
        """Whether there is an official account beside the first keypair; programs and apps have none."""
        return self.sub_type in WITH_PAGES and self._filled("client_id_2", "client_secret_2")

    def _first_keypair(self, sub_type: SubType) -> AppCredentials | None:
        return AppCredentials(self.client_id, self.client_secret) if self.is_filled_as(sub_type) else None

    def _filled(self, *columns: str) -> bool:
        """Whether all of `columns` have a value, without decrypting any."""
        return all(is_filled(self, column) for column in columns)


def is_filled(provider: WeChatProvider, column: str) -> bool:
    """Return whether `column` has a value, without decrypting it."""
    return bool(vars(provider).get(column))
