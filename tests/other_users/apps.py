"""The app of the other sites."""

from django.apps import AppConfig


class OtherUsersConfig(AppConfig):
    """Connects what the site does to its users, after the package."""

    name = "tests.other_users"

    def ready(self) -> None:
        """Fill the e-mail in where the site does so."""
        from django.contrib.auth import get_user_model  # noqa: PLC0415
        from django.db.models.signals import pre_save  # noqa: PLC0415

        if get_user_model().__name__ == "FilledIn":
            pre_save.connect(make_up_email, sender=get_user_model())


def make_up_email(instance: object, **_kwargs: object) -> None:
    """Give everybody an address that nobody reads."""
    instance.email = instance.email or f"{instance.username}@users.example"  # type: ignore[attr-defined]
