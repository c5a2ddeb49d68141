"""What can be done by name in WeChat's consoles? Their part of the table of commands."""

from django_wechat.simulator.commands.values import Command, Result, Values, is_on, plain, text
from django_wechat.simulator.platform import Platform


def _new_website_app(platform: Platform, values: Values) -> Result:
    """Register an empty website app {name?}; answers with AppID and secret."""
    return plain(platform.new_website_app(text(values, "name")))


def _new_official_account(platform: Platform, values: Values) -> Result:
    """Register an empty service account {name?}; answers with AppID and secret."""
    return plain(platform.new_official_account(text(values, "name")))


def _show_secret(platform: Platform, values: Values) -> Result:
    """Show an AppSecret {appid}, once."""
    return {"secret": platform.show_secret(text(values, "appid"))}


def _reset_secret(platform: Platform, values: Values) -> Result:
    """Reset an AppSecret {appid}; answers with the new one."""
    return {"secret": platform.reset_secret(text(values, "appid"))}


def _callback_domain(platform: Platform, values: Values) -> Result:
    """Save 授权回调域 of a website app {appid, domain}."""
    return plain(platform.set_callback_domain(text(values, "appid"), text(values, "domain")))


def _web_domain(platform: Platform, values: Values) -> Result:
    """Save 网页授权域名 of an account {appid, domain, site?: where the domain lives in truth}."""
    domain, site = text(values, "domain"), text(values, "site")
    return plain(platform.submit_web_domain(text(values, "appid"), domain, site))


def _ip_whitelist(platform: Platform, values: Values) -> Result:
    """Save IP白名单 of an account or a mini program {appid, addresses}."""
    return plain(platform.set_ip_whitelist(text(values, "appid"), text(values, "addresses")))


def _bind(platform: Platform, values: Values) -> Result:
    """Bind an account or a mini program to the Open Platform account {appid, bound?: true}."""
    return plain(platform.bind(text(values, "appid"), bound=is_on(values, "bound", default=True)))


def _enable_pushes(platform: Platform, values: Values) -> Result:
    """Switch an account's server configuration on or off {appid, enabled?: true}."""
    return plain(platform.enable_pushes(text(values, "appid"), enabled=is_on(values, "enabled", default=True)))


CONSOLE_COMMANDS: dict[str, Command] = {
    "new_website_app": _new_website_app,
    "new_official_account": _new_official_account,
    "show_secret": _show_secret,
    "reset_secret": _reset_secret,
    "callback_domain": _callback_domain,
    "web_domain": _web_domain,
    "ip_whitelist": _ip_whitelist,
    "bind": _bind,
    "enable_pushes": _enable_pushes,
}
