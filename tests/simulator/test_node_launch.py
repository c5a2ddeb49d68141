"""Does a program's own code in Node hear how it was opened, by the phone of this simulator?"""

from pathlib import Path

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.node import needs_node
from tests.simulator.test_node_wx import run

pytestmark = needs_node

SCENE = "k3J9_xZ0-aQ7bN2mLw8TfA"
HELPERS = "const { relaunch, scanCode, openAddress } = await import(process.argv[1]);\n"


def test_from_the_list_there_is_no_scene(wechat_node_wx: Path, wechat_simulator: SimulatorServer) -> None:
    script = "console.log(JSON.stringify([wx.getLaunchOptionsSync(), wx.getEnterOptionsSync()]))"
    options = {"path": "", "query": {}, "scene": 1001}
    assert run(wechat_node_wx, wechat_simulator, script) == [options, options]


def test_by_a_code_and_once_more_by_another_way(wechat_node_wx: Path, wechat_simulator: SimulatorServer) -> None:
    platform = wechat_simulator.platform
    platform.create_round_code(platform.find_app(seeds.MINI_PROGRAM_APPID), {"scene": SCENE})
    script = (
        HELPERS
        + """
    const launch = await scanCode({ simulator, scene: "SCENE", person });
    const program = Object.assign({ ...createWx({ simulator, appid, person, launch }) }, { login: null });
    const heard = [];
    const listener = (options) => heard.push(options.scene);
    program.onAppShow(listener);
    launch.query.scene = "changed";
    relaunch(program, await scanCode({ simulator, scene: "SCENE", way: "album", person }));
    program.offAppShow(listener);
    relaunch(program, await scanCode({ simulator, way: "long_press", person }));
    const { getLaunchOptionsSync: first, getEnterOptionsSync: last } = program;
    console.log(JSON.stringify([first(), last().scene, heard]));
    """
    )
    first, last, heard = run(wechat_node_wx, wechat_simulator, script.replace("SCENE", SCENE))
    assert first["scene"] == 1047
    assert first["path"] == "pages/index/index"
    assert (last, heard) == (1048, [1049])


def test_by_a_link(wechat_node_wx: Path, wechat_simulator: SimulatorServer) -> None:
    platform = wechat_simulator.platform
    app = platform.find_app(seeds.MINI_PROGRAM_APPID)
    link = platform.create_link(app, {"query": f"scene={SCENE}"}, is_scheme=False)
    script = (
        HELPERS
        + """
    const address = `${simulator}/wxaurl/TICKET`;
    const launch = await openAddress({ simulator, address, way: "forwarded" });
    console.log(JSON.stringify(createWx({ simulator, appid, launch }).getLaunchOptionsSync()));
    """
    )
    options = run(wechat_node_wx, wechat_simulator, script.replace("TICKET", link.ticket))
    assert options == {"path": "pages/index/index", "query": {"scene": SCENE}, "scene": 1167}
