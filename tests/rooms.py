"""What can break the tests of a folder, so that tox runs them in the environments that differ in it?

`tests/conftest.py` turns this into marks, which `tox.ini` asks for. Everything runs once, in `make test`. No folder is
forgotten (`tests/project/test_lists.py`); those that other tests run in a process of their own are not named here.
"""

DATABASE, CACHE, DJANGO, RELEASE = "each_database", "each_cache", "each_django", "each_release"
"""Another database; another cache; another Python or Django; another release of what is installed with the package."""

DIFFERENCES: dict[str, frozenset[str]] = {
    "admin": frozenset({DATABASE, DJANGO, RELEASE}),
    "architecture": frozenset(),
    "clients": frozenset({CACHE, DJANGO, RELEASE}),
    "demo": frozenset({DJANGO, RELEASE}),
    "flows": frozenset({DATABASE, CACHE, DJANGO, RELEASE}),
    "models": frozenset({DATABASE, DJANGO, RELEASE}),
    "package": frozenset(),
    "pages": frozenset({DJANGO, RELEASE}),
    "people": frozenset({DATABASE, DJANGO, RELEASE}),
    "project": frozenset(),
    "setup": frozenset({DATABASE, CACHE, DJANGO, RELEASE}),
    "simulator": frozenset({RELEASE}),
    "stores": frozenset({DATABASE, CACHE, DJANGO, RELEASE}),
    "web": frozenset({DATABASE, CACHE, DJANGO, RELEASE}),
    "whole": frozenset({DATABASE, DJANGO, RELEASE}),
    "wire": frozenset({RELEASE}),
}

INSIDE: dict[str, frozenset[str]] = {
    # They keep nothing in a cache but counts, which `stores` tries in each.
    "web/programs": frozenset({DATABASE, DJANGO, RELEASE}),
}
"""Folders within those, of which less is so."""


def differences_of(folder: str) -> frozenset[str]:
    """Return what can break the tests of a folder, `web/programs` for instance."""
    return INSIDE.get(folder) or DIFFERENCES.get(folder.split("/", 1)[0], frozenset())
