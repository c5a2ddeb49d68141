"""What can be done by name with mini programs and mobile apps? On the phone, and in their consoles."""

from django_wechat.simulator.acts.open_programs import OpenProgram, Sheet
from django_wechat.simulator.commands.values import Command, Result, Values, is_on, plain, text
from django_wechat.simulator.platform import Platform


def describe_program(shown: OpenProgram | None) -> Result:
    """Return what is on the screen of the program on the phone, as plain values."""
    if shown is None:
        return {}
    codes = {name: held.code for name, held in (("code", shown.login), ("phone_code", shown.phone)) if held}
    answer = plain(shown.answer) if shown.answer else {}
    described: Result = {
        "appid": shown.app.appid,
        "sheet": shown.sheet,
        "report": shown.report,
        "answer": answer,
        **codes,
    }
    if shown.launch is None:
        return described
    asked, ended = (plain(one) if one else {} for one in (shown.asked, shown.ended))
    return described | {"launch": shown.launch.options, "asked": asked, "ended": ended}


def _wx_login(platform: Platform, values: Values) -> Result:
    """Call wx.login in a mini program {appid, person?}; answers with the code."""
    return {"code": platform.wx_login(text(values, "appid"), text(values, "person"))}


def _tap_phone_number(platform: Platform, values: Values) -> Result:
    """Tap the phone-number button in a mini program {appid, person?}; answers with the code."""
    return {"code": platform.tap_phone_number(text(values, "appid"), text(values, "person"))}


def _open_program(platform: Platform, values: Values) -> Result:
    """Open a mini program or an app on the phone {appid}."""
    platform.show_account("")
    return describe_program(platform.open_program(text(values, "appid")))


def _close_program(platform: Platform, values: Values) -> Result:  # noqa: ARG001
    """Leave the program that is open on the phone {}."""
    platform.close_program()
    return {}


def _program_login(platform: Platform, values: Values) -> Result:  # noqa: ARG001
    """Let the mini program on the phone call wx.login {}; answers with the code."""
    return {"code": platform.program_calls_login().code}


def _program_asks(platform: Platform, values: Values) -> Result:
    """Tap the program's button {sheet: phone_number | sign_in}: WeChat asks the person."""
    if (sheet := text(values, "sheet")) not in set(Sheet) - {Sheet.NOTHING}:
        raise ValueError(f"unknown sheet {sheet!r}; choose from {Sheet.PHONE_NUMBER}, {Sheet.SIGN_IN}")
    return describe_program(platform.program_asks(Sheet(sheet)))


def _answer_sheet(platform: Platform, values: Values) -> Result:
    """Tap a button of that sheet {act: allow | refuse, person?}."""
    if (act := text(values, "act")) not in {"allow", "refuse"}:
        raise ValueError(f"unknown act {act!r}; choose from allow, refuse")
    return describe_program(platform.answer_sheet(allow=act == "allow", person=text(values, "person")))


def _send_to_site(platform: Platform, values: Values) -> Result:
    """Send the program's code to its site {site: its address, phone?: false, alone?: the phone code alone, false}."""
    phone, alone = is_on(values, "phone"), is_on(values, "alone")
    return plain(platform.send_to_site(text(values, "site"), phone=phone, alone=alone))


def _new_mini_program(platform: Platform, values: Values) -> Result:
    """Register a mini program {name?, of_individual?: false}; answers with AppID and AppSecret."""
    return plain(platform.new_mini_program(text(values, "name"), of_individual=is_on(values, "of_individual")))


def _new_mobile_app(platform: Platform, values: Values) -> Result:
    """Register a mobile app {name?}; answers with AppID and AppSecret."""
    return plain(platform.new_mobile_app(text(values, "name")))


def _release(platform: Platform, values: Values) -> Result:
    """Release a mini program, or leave it to its developers {appid, released?: true}."""
    return plain(platform.release(text(values, "appid"), released=is_on(values, "released", default=True)))


def _verify_program(platform: Platform, values: Values) -> Result:
    """Verify a mini program's organisation, or grant an app 微信登录 {appid, verified?: true}."""
    return plain(platform.verify_program(text(values, "appid"), verified=is_on(values, "verified", default=True)))


def _request_hosts(platform: Platform, values: Values) -> Result:
    """Save request 合法域名 of a mini program {appid, hosts}."""
    return plain(platform.set_request_hosts(text(values, "appid"), text(values, "hosts")))


def _phone_quota(platform: Platform, values: Values) -> Result:
    """Say how many phone numbers are left {appid, left}."""
    if not (left := text(values, "left") or "0").isdecimal():
        raise ValueError(f"left is a number, not {left!r}")
    return plain(platform.set_phone_quota(text(values, "appid"), int(left)))


#: What is done in the consoles.
PROGRAM_CONSOLE_COMMANDS: dict[str, Command] = {
    "new_mini_program": _new_mini_program,
    "new_mobile_app": _new_mobile_app,
    "release": _release,
    "verify_program": _verify_program,
    "request_hosts": _request_hosts,
    "phone_quota": _phone_quota,
}

MINI_PROGRAM_COMMANDS: dict[str, Command] = {
    "wx_login": _wx_login,
    "tap_phone_number": _tap_phone_number,
    "open_program": _open_program,
    "close_program": _close_program,
    "program_login": _program_login,
    "program_asks": _program_asks,
    "answer_sheet": _answer_sheet,
    "send_to_site": _send_to_site,
    **PROGRAM_CONSOLE_COMMANDS,
}
