"""How does somebody in a mini program sign in? The program sends the code of `wx.login` (reference section 12)."""

from django.utils.translation import gettext_lazy as _

from django_wechat.clients.mini_program import mini_program_client
from django_wechat.flows.journey import TakesCode
from django_wechat.models import SubType, WeChatProvider
from django_wechat.protocol.mini_program import PhoneNumber
from django_wechat.protocol.oauth import AppCredentials, Profile


class MiniProgram(TakesCode):
    """A mini program, whose code names openid and unionid and nothing else."""

    name = "mini_program"
    words = _("mini program")
    has_phone_button = True

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the mini program's keypair is filled in."""
        return row.is_filled_as(SubType.MINI_PROGRAM)

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        """Return the mini program's keypair."""
        return row.mini_program

    def finish(self, app: AppCredentials, code: str) -> Profile:
        """Return who called `wx.login`: WeChat tells no nickname here."""
        return mini_program_client(app).fetch_person(code)

    def phone_number(self, app: AppCredentials, code: str) -> PhoneNumber:
        """Return the number that the person chose at the phone-number button; raise a `WeChatError`."""
        return mini_program_client(app).fetch_phone_number(code)


JOURNEY = MiniProgram()
