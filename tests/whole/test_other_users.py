"""Can people come by WeChat whatever the site's user model wants of everybody?"""

import pytest

from tests import own_process


@pytest.mark.parametrize(
    ("model", "journeys", "form"),
    [
        ("UniqueEmail", "unique_email", ""),
        ("FilledIn", "filled_in", ""),
        ("Phone", "phone", ""),
        ("Phone", "phone_form", "yes"),
        ("OneName", "names", ""),
        ("BothNames", "names", ""),
    ],
)
def test_the_journeys_of_a_site_with_this_user_model(model: str, journeys: str, form: str) -> None:
    environment = {"OTHER_USER": model, "OTHER_USER_FORM": form}
    own_process.passes("tests.other_users.settings", f"tests/other_users/journeys_{journeys}.py", **environment)
