"""Does everything work with another user model, people in another database, no time zones, and ATOMIC_REQUESTS?"""

import subprocess
import sys


def test_the_journeys_of_a_site_unlike_the_others() -> None:
    """In a process of their own: a user model is chosen once."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds=tests.elsewhere.settings"]
    done = subprocess.run([*command, "tests/elsewhere/journeys.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
