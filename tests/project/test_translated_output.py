"""Does everything that commands and system checks say go through gettext, and do their translations arrive?"""

import ast
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.management import call_command, load_command_class
from django.utils import translation

import django_wechat
from django_wechat.setup.provider_checks import check_providers
from django_wechat.setup.system_checks import check_settings

PACKAGE = Path(django_wechat.__file__).parent
DEVELOPERS_OWN = {"simulator", "demo"}
"""Whose options and complaints come before Django is set up, and so before anything could be translated."""
FILES = sorted(path for path in PACKAGE.rglob("*.py") if DEVELOPERS_OWN.isdisjoint(path.relative_to(PACKAGE).parts))
COMMANDS = sorted(path.stem for path in (PACKAGE / "management/commands").glob("[!_]*.py"))
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
CHECKS = {"Error", "Warning"}


class Module:
    """The names and functions of a file, to see through `words = "…"` and `"\\n".join(_lines())`."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.functions: dict[str, ast.FunctionDef] = {}
        self.values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name] = node
            elif isinstance(node, ast.Assign):
                self._remember(node.targets[0], node.value)

    def untranslated(self) -> set[str]:
        """Return the literals with letters in them that somebody would read as they stand."""
        shown = [part for node in ast.walk(self.tree) for part in _shown(node)]
        return {text for part in shown for text in self._literals(part, set()) if _is_words(text)}

    def _remember(self, target: ast.expr, value: ast.expr) -> None:
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for name, meant in pairs:
            if isinstance(name, ast.Name):
                self.values.setdefault(name.id, []).append(meant)

    def _literals(self, node: ast.expr, seen: set[str]) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        for part in self._parts(node, seen):
            yield from self._literals(part, seen)

    def _parts(self, node: ast.expr, seen: set[str]) -> list[ast.expr]:
        """Return what `node` is made of; neither what gettext was given nor what is filled into its words."""
        match node:
            case ast.Name(id=name) if name not in seen:
                seen.add(name)
                return self.values.get(name, [])
            case ast.Call(func=ast.Name(id=name)):
                return [] if name in GETTEXT else [*node.args, *self._results(name, seen)]
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                return [value, *node.args] if name in ("join", "format") else []
            case ast.BinOp(left=left, op=ast.Mod()) | ast.Subscript(value=left):
                return [left]
            case ast.FormattedValue(value=value):
                return [value]
            case ast.Dict() | ast.Compare() | ast.Attribute():
                return []
        return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]

    def _results(self, name: str, seen: set[str]) -> list[ast.expr]:
        if name in seen or name not in self.functions:
            return []
        seen.add(name)
        nodes = ast.walk(self.functions[name])
        return [one.value for one in nodes if isinstance(one, ast.Return | ast.Yield | ast.YieldFrom) if one.value]


def _shown(node: ast.AST) -> list[ast.expr]:
    """Return the expressions of `node` that a person gets to read."""
    match node:
        case ast.Assign(targets=[ast.Name(id="help") | ast.Attribute(attr="description", value=ast.Name(id="parser"))]):
            return [node.value]
        case ast.Call(func=ast.Attribute(attr="write", value=ast.Attribute(attr="stdout" | "stderr"))):
            return node.args[:1]
        case ast.Call(func=ast.Name(id="CommandError" | "input")):
            return node.args[:1]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CHECKS:
            return [*node.args[:2], *(one.value for one in node.keywords if one.arg in ("msg", "hint"))]
        case ast.Call():
            return [one.value for one in node.keywords if one.arg == "help"]
    return []


def _is_words(text: str) -> bool:
    """Whether `text` is language; a setting to copy (`WECHAT = {}`) is not."""
    name, equals, _rest = text.partition(" = ")
    return any(map(str.isalpha, text)) and not (equals and name.isupper() and name.isidentifier())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_commands_and_checks_say_goes_through_gettext(path: Path) -> None:
    assert Module(path.read_text(encoding="utf-8")).untranslated() == set()


@pytest.mark.parametrize(
    "source",
    [
        "self.stdout.write('Done.')",
        "self.stderr.write(f'{count} failed')",
        "self.stdout.write('Done: %s' % name)",
        "self.stdout.write('Done: {}'.format(name))",
        "raise CommandError('Wrong.', returncode=1)",
        "input('Sure? ')",
        "class Command: help = 'Do it.'",
        "parser.description = 'Do it.'",
        "parser.add_argument('--all', help='All.')",
        "Error('Wrong.', id='E001')",
        "checks.Warning(_('Wrong.'), hint=f'Known: {known}.')",
        "hint = 'Put it right.'\nError(_('Wrong.'), hint=hint)",
        "words, hint = _('Wrong.'), 'Put it right.'\nError(words, hint=hint)",
        "def lines():\n    yield 'Done.'\nself.stdout.write(' '.join(lines()))",
    ],
)
def test_a_bare_literal_is_found(source: str) -> None:
    assert Module(source).untranslated()


@pytest.mark.parametrize(
    "source",
    [
        "self.stdout.write(_('Done: %(name)s.') % {'name': 'alice'})",
        "self.stdout.write(f'{title}: {counts[\"done\"]:>8}')",
        "Error(_('Wrong.'), hint='WECHAT = {}', id='django_wechat.E001')",
        "parser.add_argument('--openid', metavar='OPENID', help=_('Whose.'))",
    ],
)
def test_values_and_names_need_no_translation(source: str) -> None:
    assert not Module(source).untranslated()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_help_of_every_command_is_in_the_language_of_the_site(name: str, language: str) -> None:
    command = load_command_class("django_wechat", name)
    with translation.override("en"):
        english = command.create_parser("manage.py", name)
    with translation.override(language):
        translated = command.create_parser("manage.py", name)
        translated.print_help(io.StringIO())

    assert english.description
    assert translated.description != english.description


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_settings, {"API_BASE_URL": "ftp://x", "NONE": 1, "TIMEOUT": 0, "ON_UNFOLLOW": "", "AVATAR_HOSTS": ""}),
        (check_providers, {"PROVIDERS": [{"name": "web", "none": 1}, {"name": "web"}]}),
    ],
)
def test_system_checks_speak_the_language_of_the_site(
    check: Callable[[None], list[CheckMessage]], value: dict[str, object], settings: Any
) -> None:
    settings.WECHAT = value
    with translation.override("en"):
        english = check(None)
    with translation.override("zh-hans"):
        chinese = check(None)

    assert [one.id for one in english] == [one.id for one in chinese]
    pairs = list(zip(english, chinese, strict=True))
    assert pairs
    assert all(one.msg != other.msg for one, other in pairs)
    assert all(not one.hint or one.hint != other.hint for one, other in pairs)


@pytest.mark.django_db
def test_a_command_answers_in_the_language_of_the_site() -> None:
    out = io.StringIO()
    with translation.override("zh-hant"):
        call_command("clear_qr_sessions", stdout=out)

    assert "已刪除 0 個掃碼工作階段" in out.getvalue()
