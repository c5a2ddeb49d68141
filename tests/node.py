"""Is Node there? What needs it is skipped, loudly, where it is not; REQUIRE_NODE=1 makes that a failure."""

import os
import shutil

import pytest

REQUIRED = bool(os.environ.get("REQUIRE_NODE"))
REQUIRED_MODULES = bool(os.environ.get("REQUIRE_NODE_MODULES"))
"""Those of npm's registry, which may be out of reach where Node is not."""

needs_node = pytest.mark.skipif(not REQUIRED and shutil.which("node") is None, reason="node is not installed")
