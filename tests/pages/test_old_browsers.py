"""Do our scripts and stylesheets ask only for what the oldest browsers have? They are Chromium 80 and Safari 14.

One selector that a browser does not know costs a whole rule, one token the whole module. The lists name what came later
and is tempting; whether it works without is tried in test_old_browsers_browser.py.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ["django_wechat/static", "django_wechat/simulator/static", "example_project/static/example"]
SCRIPTS = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.js"))]
STYLES = [path for folder in FOLDERS[:2] for path in sorted((ROOT / folder).rglob("*.css"))]

COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')

SYNTAX = {
    "private members": r"(?:\bthis|\w)\.#\w|^\s+(?:static |async |get |set )*#\w+\s*[=(;]",
    "logical assignment": r"(?:\?\?|\|\||&&)=",
    "static fields and blocks": r"^\s+static\s+(?:\w+\s*=|\{)",
    "await at the top": r"^(?:const .*= |let .*= )?await\b",
    "export * as": r"export \* as",
    "import attributes": r"\}\s+with\s*\{\s*type|\bassert\s*\{\s*type",
    "lookbehind": r"\(\?<[=!]",
    "flags d and v": r"/[gimsuy]*[dv][gimsuy]*(?=[.,;)\s])(?<=[^/*\s]/[dv])",
    "import.meta.resolve": r"import\.meta\.resolve",
}
METHODS = """
    at findLast findLastIndex toSorted toReversed toSpliced replaceAll isWellFormed replaceChildren
    checkVisibility requestSubmit showPopover hidePopover togglePopover showModal setHTMLUnsafe getHTML
    throwIfAborted moveBefore
"""
NAMES = """
    Object.hasOwn Object.groupBy Map.groupBy Promise.any Promise.withResolvers Promise.try Array.fromAsync
    AbortSignal.timeout AbortSignal.any AbortSignal.abort URL.canParse URL.parse Response.json Iterator.from
    crypto.randomUUID structuredClone reportError queueMicrotask scheduler WeakRef FinalizationRegistry
    AggregateError Intl.Segmenter navigation document.startViewTransition requestIdleCallback
"""
PROPERTIES = [
    r"\.inert\b",
    r"\.popover\b",
    r"new FormData\([^()]*,",
    r"\{[^}]*\bcause\b[^}]*\}\)",
]

RULES = {
    "selectors of one's own list": r":(?:is|where|has)\(|:not\([^()]*,",
    "inset and logical shorthands": r"[;{\s](?:inset|(?:padding|margin|inset)-(?:block|inline))\s*:",
    "what came with newer layouts": r"aspect-ratio|@layer|@container|@scope|\b\d+[dsl]v[hw]\b|subgrid",
    "newer colours": r"color-mix|oklch|\blab\(|light-dark\((?!#)",
    "nesting": r"^\s*&|\{[^{}]*&",
    "values": r":\s*revert(?:-layer)?\b|\btranslate\s*:|\bscale\s*:|\brotate\s*:",
}
# Where they are not known, something is a little less good, and nothing is missing.
WELCOME = [
    ':where(.dark, [data-bs-theme="dark"], [data-theme="dark"]) .wechat-root',
    ":root:has(.qr-page) { color-scheme: light; }",
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code(path: Path) -> str:
    return TEXT.sub('""', COMMENT.sub("", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_hold_no_newer_syntax(path: Path) -> None:
    source = code(path)
    assert [rule for rule, pattern in SYNTAX.items() if re.search(pattern, source, re.MULTILINE)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_call_nothing_newer(path: Path) -> None:
    source = code(path)
    wanted = [rf"\.{method}\(" for method in METHODS.split()]
    wanted += [rf"(?<![\w.]){re.escape(found)}(?!\w)" for found in NAMES.split()] + PROPERTIES
    assert [pattern for pattern in wanted if re.search(pattern, source, re.MULTILINE)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_listeners_are_removed_by_hand(path: Path) -> None:
    """Before Chromium 90 and Safari 15 `signal` is no option of a listener: it would stay for ever."""
    assert not re.search(r"addEventListener\([^;]*\bsignal\b[^;]*\}\s*\)", code(path))


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_no_rule_is_lost_in_an_old_browser(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))
    for rule in WELCOME:
        source = source.replace(rule, "")
    # What stands in @supports is for those who know it.
    source = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", source)
    found = {rule: re.findall(pattern, source, re.MULTILINE) for rule, pattern in RULES.items()}
    assert {rule: hits for rule, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    ("newer", "patterns"),
    [
        ("class A {\n  #x = 1;\n}", SYNTAX.values()),
        ("class A {\n  async #x() {\n  }\n}", SYNTAX.values()),
        ("this.#x();", SYNTAX.values()),
        ("a ??= b;", SYNTAX.values()),
        ("class A {\n  static {\n}}", SYNTAX.values()),
        ("await import(x);", SYNTAX.values()),
        ("const a = await x;", SYNTAX.values()),
        ("/(?<=a)b/.test(c)", SYNTAX.values()),
        ("new FormData(form, button)", PROPERTIES),
        ("part.inert = true", PROPERTIES),
        (".a:is(b, c) { }", RULES.values()),
        (".a { inset: 0; }", RULES.values()),
        (".a {\n  padding-block: 0;\n}", RULES.values()),
        (".a:not(.b, .c) { }", RULES.values()),
        (".a { display: revert; }", RULES.values()),
    ],
)
def test_the_lists_know_what_they_name(newer: str, patterns: list[str]) -> None:
    assert any(re.search(pattern, newer, re.MULTILINE) for pattern in patterns)
