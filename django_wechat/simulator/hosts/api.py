"""What do the `/sns/*` endpoints of api.weixin.qq.com answer? Codes for tokens, tokens for profiles."""

from django_wechat.simulator.hosts.answers import Answer, Call, endpoint
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.faults import Endpoint
from django_wechat.simulator.world.grants import TOKEN_LIFETIME, Grant, shows_unionid_with_token
from django_wechat.simulator.world.people import Person


def _access_token(call: Call) -> Answer:
    app = call.find_app()
    secret, code = call.required("secret", 41004), call.required("code", 41008)
    if call.params.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if secret != app.secret:
        raise Refusal(40125)
    grant = call.platform.exchange(app, code)
    answer = _tokens(grant)
    if grant.unionid and shows_unionid_with_token(grant):
        answer["unionid"] = grant.unionid
    if grant.is_snapshot:
        answer["is_snapshotuser"] = 1
    return answer


def _refresh_token(call: Call) -> Answer:
    app = call.find_app()
    if call.params.get("grant_type") != "refresh_token":
        raise Refusal(40002)
    return _tokens(call.platform.refresh(app, call.required("refresh_token", 41003)))


def _auth(call: Call) -> Answer:
    call.platform.find_grant(call.required("access_token", 41001), call.required("openid", 41009))
    return {"errcode": 0, "errmsg": "ok"}


def _userinfo(call: Call) -> Answer:
    token, openid = call.required("access_token", 41001), call.required("openid", 41009)
    grant = call.platform.find_grant(token, openid)
    if not grant.reads_profile:
        raise Refusal(48001)
    if grant.is_snapshot and call.platform.behaviour.snapshot_userinfo_refused:
        raise Refusal(48001)
    answer = {"openid": grant.openid, **_profile(grant.person, call.base)}
    return answer | ({"unionid": grant.unionid} if grant.unionid else {})


def _tokens(grant: Grant) -> Answer:
    return {
        "access_token": grant.user_access_token,
        "expires_in": TOKEN_LIFETIME,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": grant.scope,
    }


def _profile(person: Person, base: str) -> Answer:
    """Since 2021 sex and region are empty, but their keys remain."""
    return {
        "nickname": person.nickname,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": f"{base}/{avatar_path(person)}" if person.has_avatar else "",
        "privilege": [],
    }


def avatar_path(person: Person) -> str:
    """Return the path of a photograph, with the size as last segment as on thirdwx.qlogo.cn."""
    return f"avatars/mmopen/vi_32/{person.avatar_token}/132"


# social-core POSTs a form to the two token endpoints and is in use, so POST works there.
access_token = endpoint(Endpoint.ACCESS_TOKEN, _access_token, "GET", "POST")
refresh_token = endpoint(Endpoint.REFRESH_TOKEN, _refresh_token, "GET", "POST")
auth = endpoint(Endpoint.AUTH, _auth, "GET")
userinfo = endpoint(Endpoint.USERINFO, _userinfo, "GET")
