"""How does a part get a site with a database of its own?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django


def set_up() -> None:
    """Start Django; before anything of it is imported, for the settings are read from the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()


@contextmanager
def database() -> Iterator[str]:
    """Make a database beside the one that DATABASE_URL names (else SQLite) and drop it; give the vendor's name."""
    # Only after set_up().
    from django.db import connection  # noqa: PLC0415

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield connection.vendor
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


@contextmanager
def urls(module: str) -> Iterator[None]:
    """Serve the URLs of `module` while the block runs."""
    # Only after set_up().
    from django.test import override_settings  # noqa: PLC0415

    with override_settings(ROOT_URLCONF=module):
        yield
