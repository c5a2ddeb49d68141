"""How does Django load the demo? It also does what an administrator does in WeChat's console."""

from urllib.parse import urljoin

from django.apps import AppConfig
from django.conf import settings


class WeChatDemoConfig(AppConfig):
    """The demo's site."""

    name = "django_wechat.demo"
    label = "wechat_demo"
    verbose_name = "WeChat demo"

    def ready(self) -> None:
        """Tell the pretend WeChat where its official account's pushes go."""
        from django_wechat.simulator import seeds  # noqa: PLC0415
        from django_wechat.simulator.platform import get_platform  # noqa: PLC0415

        account = get_platform().find_app(seeds.OFFICIAL_ACCOUNT_APPID)
        account.push_url = urljoin(str(settings.WECHAT["API_BASE_URL"]), "/accounts/wechat/account/events/")
