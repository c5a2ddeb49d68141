"""Does a mini program's own code sign in, in Node? As a site's own tests do it: live site, simulator, and its `wx`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import MiniProgramFactory
from tests.node import needs_node

pytestmark = [needs_node, pytest.mark.django_db(transaction=True)]

PROGRAM = """
const { createWx } = await import(process.argv[1]);
const [simulator, appid, url] = process.argv.slice(2);
const wx = createWx({ simulator, appid, person: "zhangsan" });
wx.login({
  success({ code }) {
    wx.request({
      url,
      method: "POST",
      data: { code },
      success: ({ statusCode, data, cookies }) =>
        console.log(JSON.stringify({ statusCode, cookies, token: data.meta.session_token, user: data.data.user.id })),
    });
  },
});
"""


def test_it_gets_a_token_and_no_cookie(
    live_server: Any, wechat_simulator: SimulatorServer, wechat_node_wx: Path
) -> None:
    MiniProgramFactory(name="mini")
    door = f"{live_server.url}/accounts/wechat/mini-program/"
    words = [str(wechat_node_wx), wechat_simulator.url, seeds.MINI_PROGRAM_APPID, door]
    command = ["node", "--input-type=module", "-e", PROGRAM, "--", *words]
    said = [
        json.loads(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout)
        for _ in range(2)
    ]
    assert [(one["statusCode"], one["cookies"]) for one in said] == [(200, [])] * 2
    first, second = said
    assert first["user"] == second["user"]
    assert first["token"] != second["token"]
