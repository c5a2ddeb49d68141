"""What do the `/wxa` endpoints answer that lead people into a mini program? A picture of a round code, and links.

WeChat's links begin with https://wxaurl.cn/; ours with the simulator's own address, so that a browser on this machine
opens them. A Scheme is WeChat's own, and no browser here can follow it: the simulated phone does.
"""

from django_wechat.simulator.hosts.answers import Answer, Call, Picture, endpoint
from django_wechat.simulator.hosts.cgi_bin import CONTENT_TYPE, holder, read_json
from django_wechat.simulator.ways_in.links import SCHEME_PREFIX
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.faults import Endpoint
from django_wechat.simulator.world.registry import App


def _program(call: Call) -> App:
    """Return the mini program whose token came; that of an official account opens nothing here (trap 58)."""
    app = holder(call)
    if not app.is_mini_program:
        raise Refusal(48001)
    if app.banned:
        raise Refusal(40013)
    return app


def _round_code(call: Call) -> Picture:
    code, picture = call.platform.create_round_code(_program(call), read_json(call.body, 40169))
    return Picture(picture, code.content_type)


def _url_link(call: Call) -> Answer:
    link = call.platform.create_link(_program(call), read_json(call.body, 47001), is_scheme=False)
    return {"errcode": 0, "errmsg": "ok", "url_link": f"{call.base}/wxaurl/{link.ticket}"}


def _scheme(call: Call) -> Answer:
    link = call.platform.create_link(_program(call), read_json(call.body, 47001), is_scheme=True)
    return {"errcode": 0, "errmsg": "ok", "openlink": f"{SCHEME_PREFIX}t={link.ticket}"}


round_code = endpoint(Endpoint.ROUND_CODE, _round_code, "POST", content_type=CONTENT_TYPE)
url_link = endpoint(Endpoint.URL_LINK, _url_link, "POST", content_type=CONTENT_TYPE)
url_scheme = endpoint(Endpoint.URL_SCHEME, _scheme, "POST", content_type=CONTENT_TYPE)
