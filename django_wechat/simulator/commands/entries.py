"""What can be done by name with the codes and links of mini programs? Scan and open them, confirm, set them up."""

import base64
import binascii
from functools import wraps

from django_wechat.simulator.acts.confirmations import Reply
from django_wechat.simulator.commands.values import Command, Result, Values, plain, text
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.sending import read_page
from django_wechat.simulator.ways_in.links import is_program_link
from django_wechat.simulator.ways_in.round_codes import RoundCode
from django_wechat.simulator.ways_in.scenes import Launch, Way


def describe_round_code(code: RoundCode) -> Result:
    """Return a round code as plain values."""
    return {
        "scene": code.scene,
        "appid": code.app.appid,
        "page": code.page,
        "env_version": code.env_version,
        "ways": code.ways,
    }


def _said_on_the_phone(command: Command) -> Command:
    """Let the phone say, too, why a command that opens something opened nothing."""

    @wraps(command)
    def noted(platform: Platform, values: Values) -> Result:
        try:
            return command(platform, values)
        except ValueError as error:
            platform.note_entry_failure(str(error))
            raise

    return noted


@_said_on_the_phone
def _scan(platform: Platform, values: Values) -> Result:
    """Open a round code {scene? | picture?: base64 or data: | url?: of the picture; way?: camera, person?, site?: ask}.

    Answers with the launch options; ways: camera, album, long_press, forwarded, trial.
    """
    picture, way = _picture(platform, values), text(values, "way") or Way.CAMERA
    launch = platform.scan_round_code(text(values, "scene"), picture=picture, way=way, person=text(values, "person"))
    return _opened(platform, values, launch)


@_said_on_the_phone
def _open_address(platform: Platform, values: Values) -> Result:
    """Open a URL Link, a Scheme, or an ordinary QR code that a rule is about {address, way?, person?, site?: ask}.

    Answers with the launch options; ways of links: browser, forwarded; of codes: camera, album, long_press.
    """
    address, person = text(values, "address").strip(), text(values, "person")
    if is_program_link(address):
        launch = platform.open_link(address, way=text(values, "way") or Way.BROWSER, person=person)
    else:
        launch = platform.scan_address(address, way=text(values, "way") or Way.CAMERA, person=person)
    return _opened(platform, values, launch)


def _opened(platform: Platform, values: Values, launch: Launch) -> Result:
    platform.show_account("")
    if site := text(values, "site"):
        platform.ask_about_scene(site)
    return {"appid": launch.app.appid, **launch.options}


def _picture(platform: Platform, values: Values) -> bytes:
    if url := text(values, "url"):
        status, content = read_page(url, timeout=platform.behaviour.push_timeout)
        if status != 200:
            raise ValueError(f"no picture came from {url}: HTTP {status}")
        return content
    try:
        return base64.b64decode(text(values, "picture").rpartition(",")[2], validate=True)
    except binascii.Error:
        raise ValueError("picture is base64, with or without data:image/…;base64, before it") from None


def _ask_about_scene(platform: Platform, values: Values) -> Result:
    """Let the program ask its site what the scene is about {site: its address}."""
    return plain(platform.ask_about_scene(text(values, "site")))


def _reply_to_scene(platform: Platform, values: Values) -> Result:
    """Tap a button of the program {reply: confirm | refuse}."""
    if (reply := text(values, "reply")) not in set(Reply):
        raise ValueError(f"unknown reply {reply!r}; choose from {', '.join(Reply)}")
    return plain(platform.reply_to_scene(Reply(reply)))


def _program_pages(platform: Platform, values: Values) -> Result:
    """Say which pages the released version has {appid, pages}; the first is its home."""
    return plain(platform.set_pages(text(values, "appid"), text(values, "pages")))


def _qr_rules(platform: Platform, values: Values) -> Result:
    """Save 扫普通链接二维码打开小程序 {appid, rules: "address page", one a line}."""
    return plain(platform.set_qr_rules(text(values, "appid"), text(values, "rules")))


def _plain_schemes(platform: Platform, values: Values) -> Result:
    """Say which pages a plain Scheme may open (明文 Scheme) {appid, pages}."""
    return plain(platform.set_plain_schemes(text(values, "appid"), text(values, "pages")))


def _links_left(platform: Platform, values: Values) -> Result:
    """Say how many links a program may still make today {appid, left}."""
    if not (left := text(values, "left") or "0").isdecimal():
        raise ValueError(f"left is a number, not {left!r}")
    return plain(platform.set_links_left(text(values, "appid"), int(left)))


#: What is done in the consoles.
ENTRY_CONSOLE_COMMANDS: dict[str, Command] = {
    "program_pages": _program_pages,
    "qr_rules": _qr_rules,
    "plain_schemes": _plain_schemes,
    "links_left": _links_left,
}

ENTRY_COMMANDS: dict[str, Command] = {
    "scan_mini_program_code": _scan,
    "open_address": _open_address,
    "ask_about_scene": _ask_about_scene,
    "reply_to_scene": _reply_to_scene,
    **ENTRY_CONSOLE_COMMANDS,
}
