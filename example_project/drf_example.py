"""How does the demo serve the other example, whose tokens are simplejwt's? TOKENS is one for each site.

`python -m example_project.drf_example ADDRESS` is that site, in a process of its own: it ends with its input, so that
it never outlives the demo, however that ends.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "drf_simplejwt"


def is_possible() -> bool:
    """Return whether what it needs is installed, and the folder is there (it is in no wheel)."""
    return FOLDER.is_dir() and find_spec("rest_framework_simplejwt") is not None


@contextmanager
def beside(listen: str) -> Iterator[None]:
    """Serve it while the block runs, if the settings say where; it is there some seconds later.

    Its key is the demo's: two sites on one host share the signed cookie that says which browser it is.
    """
    if not settings.DRF_EXAMPLE_URL:
        yield
        return
    ours = {"SITE": settings.DRF_EXAMPLE_URL, "STATE_DIR": str(settings.STATE_DIR), "SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "-m", "example_project.drf_example", f"{listen}:{settings.DRF_EXAMPLE_PORT}"]
    environment = os.environ | ours | {"DJANGO_SETTINGS_MODULE": "settings"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL):
        yield


def main(listen: str) -> None:
    """Prepare and serve until the input ends."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.path.insert(0, str(FOLDER))
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("runserver", listen, use_reloader=False, use_threading=True)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
