"""The tests' site, with the character sets that the environment names."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

TABLES = os.environ["NARROW_TABLES"]
CONNECTION = os.environ["NARROW_CONNECTION"]
DATABASES["default"] |= {
    "OPTIONS": {"charset": CONNECTION},
    "TEST": {"NAME": f"narrow_{os.getpid()}", "CHARSET": TABLES},
}
