"""How do tests get a pretend WeChat? `pytest_plugins = ["django_wechat.simulator.pytest_plugin"]` and one fixture."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from django_wechat.simulator.server import SimulatorServer


@pytest.fixture(scope="session")
def wechat_simulator_server() -> Iterator[SimulatorServer]:
    """Serve the simulator on a free port for the whole test run."""
    with SimulatorServer() as server:
        yield server


@pytest.fixture
def wechat_simulator(wechat_simulator_server: SimulatorServer, settings: Any) -> Iterator[SimulatorServer]:
    """Give one test a fresh simulator, and point the setting `WECHAT` at it."""
    server = wechat_simulator_server
    server.platform.reset()
    settings.DEBUG = True
    settings.WECHAT = {
        **getattr(settings, "WECHAT", {}),
        "API_BASE_URL": server.api_base_url,
        "OPEN_BASE_URL": server.open_base_url,
        "MP_BASE_URL": server.mp_base_url,
    }
    yield server
    server.platform.reset()


@pytest.fixture(scope="session")
def wechat_node_wx() -> Path:
    """Return where the `wx` for Node is: an ES module whose `createWx` a mini program's own code runs with."""
    return Path(__file__).with_name("node") / "wx.mjs"
