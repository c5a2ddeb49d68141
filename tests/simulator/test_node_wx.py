"""Does a mini program's own code run in Node, with the codes of this simulator? (tests/js has what needs none.)"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.node import needs_node

pytestmark = needs_node

START = """
const { createWx, tapPhoneNumber } = await import(process.argv[1]);
const [simulator, appid, person] = process.argv.slice(2);
const wx = createWx({ simulator, appid, person });
"""


def run(wx: Path, simulator: SimulatorServer, script: str, appid: str = seeds.MINI_PROGRAM_APPID) -> Any:
    """Run a mini program's code on the phone of jose; return what it prints, as JSON."""
    words = [str(wx), simulator.url, appid, "jose"]
    command = ["node", "--input-type=module", "-e", START + script, "--", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_wx_login_gives_a_code_of_the_person_who_holds_the_phone(
    wechat_node_wx: Path, wechat_simulator: SimulatorServer
) -> None:
    said = run(wechat_node_wx, wechat_simulator, "console.log(JSON.stringify(await wx.login()))")
    assert said["errMsg"] == "login:ok"
    platform = wechat_simulator.platform
    app = platform.find_mini_program(seeds.MINI_PROGRAM_APPID)
    assert platform.exchange_js_code(app, said["code"]).key == "jose"


def test_callbacks_do_the_same_and_the_session_is_there_afterwards(
    wechat_node_wx: Path, wechat_simulator: SimulatorServer
) -> None:
    script = """
    wx.login({ success: async ({ code }) => console.log(JSON.stringify([code.length, await wx.checkSession()])) });
    """
    assert run(wechat_node_wx, wechat_simulator, script) == [32, {"errMsg": "checkSession:ok"}]


def test_the_phone_number_button_gives_a_code_of_its_own(
    wechat_node_wx: Path, wechat_simulator: SimulatorServer
) -> None:
    script = "console.log(JSON.stringify(await tapPhoneNumber({ simulator, appid, person })))"
    said = run(wechat_node_wx, wechat_simulator, script)
    assert said["errMsg"] == "getPhoneNumber:ok"
    platform = wechat_simulator.platform
    app = platform.find_mini_program(seeds.MINI_PROGRAM_APPID)
    assert platform.exchange_phone_code(app, said["code"]).key == "jose"


@pytest.mark.parametrize("appid", ["wx0000000000000000", seeds.WEBSITE_APP_APPID])
def test_an_appid_of_no_mini_program_fails_in_words(
    appid: str, wechat_node_wx: Path, wechat_simulator: SimulatorServer
) -> None:
    script = "wx.login({ fail: (said) => console.log(JSON.stringify(said)) })"
    said = run(wechat_node_wx, wechat_simulator, script, appid)
    assert said["errMsg"].startswith("login:fail the simulator refused wx_login: ")
    assert appid in said["errMsg"]


def test_a_program_that_may_ask_for_no_numbers_gets_an_event_without_a_code(
    wechat_node_wx: Path, wechat_simulator: SimulatorServer
) -> None:
    script = "console.log(JSON.stringify(await tapPhoneNumber({ simulator, appid, person })))"
    said = run(wechat_node_wx, wechat_simulator, script, seeds.UNBOUND_MINI_PROGRAM_APPID)
    assert set(said) == {"errMsg"}
    assert said["errMsg"].startswith("getPhoneNumber:fail ")


def test_no_numbers_left_is_wechats_errno(wechat_node_wx: Path, wechat_simulator: SimulatorServer) -> None:
    wechat_simulator.platform.set_phone_quota(seeds.MINI_PROGRAM_APPID, 0)
    script = "console.log(JSON.stringify(await tapPhoneNumber({ simulator, appid, person })))"
    assert run(wechat_node_wx, wechat_simulator, script)["errno"] == 1400001
