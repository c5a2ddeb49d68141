"""Which ordinary QR codes open a mini program? Those whose address a rule of its console names (reference 13.2).

That WeChat asks for a check file in the rule's folder, and for an ICP filing of the host, is left out.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django_wechat.simulator.ways_in.scenes import QR_CODE, Launch, encoded, scene_of
from django_wechat.simulator.world.registry import App

MOST_RULES = 100


def read_rules(text: str, app: App) -> list[str]:
    """Return rules as they are kept, `address page`; raise what the console finds wrong."""
    rules = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if app.of_individual and rules:
        raise ValueError(f"85075: {app.appid} belongs to an individual, whose programs have no such rules")
    if len(rules) > MOST_RULES:
        raise ValueError(f"85073: there are {MOST_RULES} rules at most")
    for rule in rules:
        address, _, page = rule.partition(" ")
        if urlsplit(address).scheme not in {"http", "https"} or page not in app.page_list:
            raise ValueError(f"a rule is an address and a page of the program, with a space between them, not {rule!r}")
    return rules


def opened_by(apps: Mapping[str, App], address: str, way: str, now: float) -> Launch | None:
    """Return what a program hears when WeChat scans this address; None where no rule is about it."""
    for app in apps.values():
        for rule in app.rule_list:
            pattern, _, page = rule.partition(" ")
            if fits(pattern, address):
                query = {"q": encoded(address), "scancode_time": str(int(now))}
                return Launch(app, page, query, scene_of(QR_CODE, way))
    return None


def fits(pattern: str, address: str) -> bool:
    """With a slash at its end a rule is about everything below it, with a query about all that begins so."""
    if pattern.endswith("/") or "?" in pattern:
        return address.startswith(pattern)
    return address.partition("?")[0].partition("#")[0] == pattern
