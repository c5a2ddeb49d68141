"""What the tests of programs share: one mini program, one app, and somebody who holds the phone."""

import pytest

from django_wechat.simulator.server import SimulatorServer
from tests.factories import AppFactory, MiniProgramFactory
from tests.web.programs.program import Program


@pytest.fixture
def program(wechat_simulator: SimulatorServer, db: None) -> Program:
    """Return the program of a site that has one mini program and one app."""
    MiniProgramFactory(name="mini")
    AppFactory(name="app")
    return Program(wechat_simulator)
