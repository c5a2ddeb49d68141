"""Is the package shaped as docs/architecture.md says? Reads the source; imports nothing of it.

What may import what is held by the import contracts in setup.cfg (`make imports`); these are the promises
that a list of imports cannot show.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "django_wechat"
SIMULATOR = PACKAGE / "simulator"
DEMO = PACKAGE / "demo"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
SCRIPTS = sorted([*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.mjs")])
PRODUCT = [path for path in MODULES if not {SIMULATOR, DEMO} & {*path.parents}]
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 50
MAX_MEDIAN_FUNCTION_LINES = 10
MAY_USE_REQUESTS = {
    "protocol/connections.py",
    "protocol/transport.py",
    "protocol/avatars.py",
    "simulator/phone/browser.py",
    "simulator/push/program_requests.py",
    "simulator/push/reach.py",
    "simulator/push/sending.py",
}
TAKE_PLAIN_VALUES = ("flows", "stores", "clients", "models")

NAMES_OF_DJANGOS_SESSION = {"session", "sessions", "_session", "_sessions"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    """Return the path as a reader would say it: protocol/transport.py."""
    return path.relative_to(PACKAGE).as_posix()


def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file, nested ones too."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    """Return the lines from `def` to the last one, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def imported_packages(path: Path) -> set[str]:
    """Return the top-level names that a file imports."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def imports_inside_functions(path: Path) -> Iterator[str]:
    """Yield file:line of each import that is not at the top; two wait until Django is set up, and may."""
    allowed = {("apps.py", "ready"), ("asgi.py", "wechat_streams")}
    for function in functions(path):
        if (path.name, function.name) in allowed:
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{name(path)}:{node.lineno} in {function.name}"


def imports_name(path: Path, wanted: str) -> bool:
    """Return whether a file imports `wanted`, from wherever."""
    imports = (node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom))
    return any(alias.name == wanted for node in imports for alias in node.names)


def names_like_djangos_session(module: ast.Module) -> Iterator[str]:
    """Yield what is called *session*: a variable, a parameter, an attribute other than `request.session`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            owner = node.value
            of_request = node.attr == "session" and getattr(owner, "attr", getattr(owner, "id", "")) == "request"
            found = "" if of_request else node.attr
        else:
            found = node.id if isinstance(node, ast.Name) else getattr(node, "arg", None) or ""
        if found in NAMES_OF_DJANGOS_SESSION:
            yield f"{found} in line {getattr(node, 'lineno', 0)}"


every_module = pytest.mark.parametrize("path", MODULES, ids=name)


@every_module
def test_module_says_what_it_answers(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    assert docstring, "every module opens with a docstring"
    assert len(docstring.splitlines()) <= 40


@every_module
def test_no_import_inside_a_function(path: Path) -> None:
    assert list(imports_inside_functions(path)) == []


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=name)
def test_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@every_module
def test_functions_fit_a_screen(path: Path) -> None:
    too_long = {
        function.name: length(function) for function in functions(path) if length(function) > MAX_FUNCTION_LINES
    }
    assert too_long == {}


def test_half_of_all_functions_are_under_ten_lines() -> None:
    assert median(length(function) for path in MODULES for function in functions(path)) < MAX_MEDIAN_FUNCTION_LINES


@every_module
def test_requests_is_used_in_one_place(path: Path) -> None:
    if name(path) not in MAY_USE_REQUESTS:
        assert not imported_packages(path) & {"requests", "urllib3", "httpx"}


@pytest.mark.parametrize(
    "path", [path for path in PRODUCT if name(path).removesuffix(".py").split("/")[0] in TAKE_PLAIN_VALUES], ids=name
)
def test_takes_plain_values_never_a_request(path: Path) -> None:
    assert "HttpRequest" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in {".py", ".html", ".txt", ".js", ".css", ".po"} and not {SIMULATOR, DEMO} & {*path.parents}
    ],
    ids=name,
)
def test_product_knows_neither_simulator_nor_demo(path: Path) -> None:
    """Not by an import and not by name. Prose that says what a base URL can be for is no knowledge of its code."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"django_wechat[./]simulator|from \.+simulator|import simulator|/simulator/", text)
    assert not re.search(r"django_wechat[./]demo|from \.+demo|import demo\b", text)


@pytest.mark.parametrize("path", [path for path in MODULES if imports_name(path, "QRSession")], ids=name)
def test_a_qr_session_is_never_called_a_session(path: Path) -> None:
    """That word alone is Django's: a reader of a sign-in view has to know which of the two is meant."""
    assert list(names_like_djangos_session(tree(path))) == []


@pytest.mark.parametrize("path", sorted(SIMULATOR.rglob("*.py")), ids=name)
def test_simulator_does_not_know_the_product(path: Path) -> None:
    """It computes its own signatures and answers, so that a wrong one of ours cannot look right."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            assert not re.match(r"django_wechat(?!\.simulator)", node.module)
        elif isinstance(node, ast.Import):
            assert not [alias for alias in node.names if re.match(r"django_wechat(?!\.simulator)", alias.name)]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.html")), ids=name)
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    """They work under a strict Content-Security-Policy; data blocks (type=application/json) are no scripts."""
    text = path.read_text(encoding="utf-8")
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [
        attributes for attributes in scripts if "src=" not in attributes and "application/json" not in attributes
    ] == []
    assert not re.search(r"<style\b|\sstyle=|\son(click|load|submit|change|error)=", text)


def test_the_measure_measures() -> None:
    long_function = ast.parse("def f():\n    '''Doc.'''\n" + "    x = 1\n" * 60).body[0]
    assert isinstance(long_function, ast.FunctionDef)
    assert length(long_function) == 61
    assert MODULES
    assert SCRIPTS


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("session = 1", True),
        ("def f(session): pass", True),
        ("f(session=1)", True),
        ("self.session = 1", True),
        ("self._session = 1", True),
        ("sessions.update()", True),
        ("request.session", False),
        ("self.request.session", False),
        ("qr_session = qr_sessions.redeem(1)", False),
    ],
)
def test_the_search_for_sessions_finds_them(code: str, named: bool) -> None:
    assert bool(list(names_like_djangos_session(ast.parse(code)))) is named
