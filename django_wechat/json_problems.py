"""How does the WeChat tab's script learn of a problem? In JSON, with the same words as on a page."""

from django.http import JsonResponse

from django_wechat.problems import log, problem_for


def json_problem(code: str, status: int, error: Exception | None = None, *, wait: int = 0) -> JsonResponse:
    """Return the answer for problem `code`; `wait` is the seconds after which asking again makes sense."""
    problem = problem_for(code)
    log(problem, error)
    body = {
        "code": code,
        "message": f"{problem.what} {problem.next_step}".strip(),
        "retry": code in ("qr_unavailable", "too_often"),
        "reference": problem.reference,
    }
    response = JsonResponse({"error": body}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
