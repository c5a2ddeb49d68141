"""How does the WeChat tab's script learn of a problem? In JSON, with the same words as on a page."""

from django.http import JsonResponse
from django.utils.translation import gettext

from django_wechat.problems.codes import log, problem_for
from django_wechat.problems.problem import Problem, Words
from django_wechat.stores.attempts import Attempt


def json_problem(
    code: str,
    status: int,
    error: Exception | None = None,
    *,
    wait: int = 0,
    attempt: Attempt | None = None,
    words: Words = "",
) -> JsonResponse:
    """Return the answer for problem `code`; `wait` is the seconds after which asking again makes sense.

    `attempt` is what ends with it, for the sign-in log; `words` take the place of the problem's own.
    """
    problem = problem_for(code)
    log(problem, error)
    body = {
        "code": code,
        "message": str(words) or words_of(problem),
        "retry": problem.retry,
        "reference": problem.reference,
    }
    response = JsonResponse({"error": body}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    if attempt is not None:
        attempt.end_with_problem(response, code, error=error, reference=problem.reference)
    return response


def words_of(problem: Problem) -> str:
    """Return the problem in the few words that have room in the tab: what happened, and what to do."""
    if not problem.next_step:
        return str(problem.what)
    # Translators: two sentences, one after the other; Chinese puts no space between them.
    return gettext("%(what)s %(next_step)s") % {"what": problem.what, "next_step": problem.next_step}
