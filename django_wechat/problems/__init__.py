"""What is a person told when it fails? What happened, why, and what to do next: on a page, or in JSON.

This is the room's one door: `web` and the front door call in. Start with `words`.
"""

from django_wechat.problems.codes import code_for, new_reference, problem_for
from django_wechat.problems.json_answers import json_problem, words_of
from django_wechat.problems.outages import told_when_down
from django_wechat.problems.pages import problem_response
from django_wechat.problems.problem import Problem
from django_wechat.problems.words import NO_REFRESH_HELPS, PROBLEMS

__all__ = [
    "NO_REFRESH_HELPS",
    "PROBLEMS",
    "Problem",
    "code_for",
    "json_problem",
    "new_reference",
    "problem_for",
    "problem_response",
    "told_when_down",
    "words_of",
]
