"""docs/openapi.yaml, to compare answers with; and a sign-in by QR code that waits to be finished."""

import json
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from django.core.wsgi import get_wsgi_application
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from django_wechat.models import QRSession, Status
from django_wechat.simulator import seeds
from tests.visitor import Visitor

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = get_wsgi_application()
OPEN, STATUS, FINISH = "/wechat/qr/", "/wechat/qr/{id}/", "/wechat/qr/{id}/finish/"
APPID = seeds.OFFICIAL_ACCOUNT_APPID


def problem_of(response: Any, operation: str, method: str) -> dict[str, Any]:
    """Return the error of a documented JSON answer."""
    error: dict[str, Any] = documented(response, operation, method)["error"]
    return error


def documented(response: Any, operation: str, method: str) -> dict[str, Any]:
    """Return a JSON answer after comparing it with what the document says of this status."""
    described = DOCUMENT["paths"][operation][method]["responses"][str(response.status_code)]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    schema = described["content"]["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    answer: dict[str, Any] = json.loads(response.content)
    Draft202012Validator(schema).validate(answer)
    return answer


def any_case(path: str, method: str) -> st.SearchStrategy[schemathesis.Case]:
    """Requests as documented, and requests that are wrong on purpose."""
    operation = SCHEMA[path][method]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])


def confirmed(visitor: Visitor, **form: str) -> str:
    """Open a code, have a follower confirm it, and return where to finish."""
    opened = visitor.open_qr(**form)
    platform = visitor.simulator.platform
    person = platform.find_person(visitor.person)
    if platform.find_by_openid(platform.find_app(APPID), person.openid(APPID))[1] is None:
        platform.follow(APPID, visitor.person)
    codes = QRSession.objects.filter(public_id=opened["id"])
    codes.update(status=Status.CONFIRMED, openid=person.openid(APPID))
    return str(opened["finish_url"])
