"""What can be done by name with mini programs? Their part of the table of commands."""

from django_wechat.simulator.commands.values import Command, Result, Values, is_on, plain, text
from django_wechat.simulator.platform import Platform


def _wx_login(platform: Platform, values: Values) -> Result:
    """Call wx.login in a mini program {appid, person?}; answers with the code."""
    return {"code": platform.wx_login(text(values, "appid"), text(values, "person"))}


def _tap_phone_number(platform: Platform, values: Values) -> Result:
    """Tap the phone-number button in a mini program {appid, person?}; answers with the code."""
    return {"code": platform.tap_phone_number(text(values, "appid"), text(values, "person"))}


def _new_mini_program(platform: Platform, values: Values) -> Result:
    """Register a mini program {name?, of_individual?: false}; answers with AppID and AppSecret."""
    return plain(platform.new_mini_program(text(values, "name"), of_individual=is_on(values, "of_individual")))


MINI_PROGRAM_COMMANDS: dict[str, Command] = {
    "wx_login": _wx_login,
    "tap_phone_number": _tap_phone_number,
    "new_mini_program": _new_mini_program,
}
