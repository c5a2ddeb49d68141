"""Is Node there? What needs it is skipped, loudly, where it is not; REQUIRE_NODE=1 makes that a failure."""

import os
import shutil

import pytest

REQUIRED = bool(os.environ.get("REQUIRE_NODE"))

needs_node = pytest.mark.skipif(not REQUIRED and shutil.which("node") is None, reason="node is not installed")
