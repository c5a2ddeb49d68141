"""How does a test in another process drive the simulator? JSON over HTTP: `GET control/`, `POST control/<command>`.

`GET control/` answers with the whole state and the list of commands with their values; a command takes one JSON
object and answers with one; a wrong name or value is a 400 `{"error": …}` that says what would be right.
"""

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from django_wechat.simulator.commands import table as commands
from django_wechat.simulator.http import simulator_page
from django_wechat.simulator.platform import get_platform


@simulator_page
@require_GET
def state(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer with everything there is to know."""
    return JsonResponse(commands.describe(get_platform()))


@simulator_page
@require_POST
def command(request: HttpRequest, name: str) -> JsonResponse:
    """Do one command."""
    try:
        values = json.loads(request.body or b"{}")
        if not isinstance(values, dict):
            raise ValueError("the body must be a JSON object")
        return JsonResponse(commands.run(get_platform(), name, values))
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
