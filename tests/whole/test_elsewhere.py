"""Does everything work with another user model, people in another database, no time zones, and ATOMIC_REQUESTS?"""

from tests import own_process


def test_the_journeys_of_a_site_unlike_the_others() -> None:
    own_process.passes("tests.elsewhere.settings", "tests/elsewhere/journeys.py")
