"""How are journeys run that want settings of their own? In a process of their own: a user model is chosen once."""

import os
import subprocess
import sys


def passes(settings: str, journeys: str, **environment: str) -> None:
    """Run a file of journeys with a site's settings; fail with what pytest printed, or if it left something out."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--ds={settings}", journeys]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
