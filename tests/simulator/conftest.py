"""What the simulator's tests share: a browser without a screen, and links that WeChat accepts."""

from collections.abc import Iterator

import pytest
import requests

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer


@pytest.fixture
def platform(wechat_simulator: SimulatorServer) -> Platform:
    """Return the platform behind the server, holding long polls only briefly."""
    wechat_simulator.platform.switch(hold_seconds=0.2)
    return wechat_simulator.platform


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Return a client that keeps its connection."""
    with requests.Session() as session:
        yield session
