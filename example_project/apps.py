"""The example as an app: it also tells the pretend WeChat where its official account's pushes go."""

from django.apps import AppConfig
from django.conf import settings


class ExampleConfig(AppConfig):
    """The example site."""

    name = "example_project"

    def ready(self) -> None:
        """Do what an admin does in WeChat's console: enter the address for pushes."""
        if not settings.USE_SIMULATOR:
            return
        from django_wechat.simulator import seeds  # noqa: PLC0415
        from django_wechat.simulator.platform import get_platform  # noqa: PLC0415

        account = get_platform().find_app(seeds.OFFICIAL_ACCOUNT_APPID)
        account.push_url = f"{settings.SITE_URL}/accounts/wechat/account/events/"
