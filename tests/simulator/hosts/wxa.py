"""A mini program's server that calls `/wxa`, with a token of its own for each AppID."""

import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer


class ProgramServer:
    """It calls the simulator as WeChat."""

    def __init__(self, simulator: SimulatorServer, http: requests.Session) -> None:
        self.base, self.url, self.http, self.platform = simulator.api_base_url, simulator.url, http, simulator.platform

    def token(self, appid: str = seeds.MINI_PROGRAM_APPID) -> str:
        secret = self.platform.find_app(appid).secret
        order = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        return str(self.http.post(f"{self.base}/cgi-bin/stable_token", json=order).json()["access_token"])

    def send(
        self, name: str, appid: str = seeds.MINI_PROGRAM_APPID, *, data: object = None, json: object = None
    ) -> requests.Response:
        url, token = f"{self.base}/wxa/{name}", {"access_token": self.token(appid)}
        return self.http.post(url, params=token, data=data, json=json)  # type: ignore[arg-type]

    def post(self, name: str, order: object, appid: str = seeds.MINI_PROGRAM_APPID) -> requests.Response:
        return self.send(name, appid, json=order)
