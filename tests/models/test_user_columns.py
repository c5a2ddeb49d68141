"""Which columns of a user model stand in the way of people who come by WeChat?"""

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.test.utils import isolate_apps
from django.utils import timezone

from django_wechat.models.columns import user_columns

TEXT = {"max_length": 99}


class MadeUp(models.CharField):  # type: ignore[type-arg]
    """A field that makes its value up, as slug fields do."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return something else each time."""
        return uuid.uuid4().hex


def model(meta: dict[str, Any] | None = None, **fields: Any) -> type[models.Model]:
    """Return a user model with these columns."""
    options = type("Meta", (), {"app_label": "tests", **(meta or {})})
    names = {"username": models.CharField(**TEXT, unique=True), "password": models.CharField(**TEXT)}
    return type("Somebody", (models.Model,), {"__module__": __name__, "Meta": options, **names, **fields})


def email(**options: Any) -> Any:
    return models.EmailField(**options)


def unique(*expressions: Any, **options: Any) -> dict[str, Any]:
    return {"constraints": [models.UniqueConstraint(*expressions, name="one", **options)]}


HARMLESS: dict[str, dict[str, Any]] = {
    "any e-mail": {"email": email(blank=True)},
    "an e-mail that may be null": {"email": email(unique=True, null=True)},
    "a phone number that may be null": {"phone": models.CharField(**TEXT, unique=True, null=True)},
    "a default": {"level": models.IntegerField(default=0), "language": models.CharField(**TEXT, default="zh")},
    "a default of the database": {"level": models.IntegerField(db_default=0)},
    "a default of its own for each": {"token": models.UUIDField(default=uuid.uuid4, unique=True)},
    "a key of its own for each": {"id": models.UUIDField(primary_key=True, default=uuid.uuid4)},
    "a moment": {
        "joined": models.DateTimeField(default=timezone.now),
        "seen": models.DateField(auto_now=True),
        "made": models.TimeField(auto_now_add=True, unique=True),
    },
    "a field that makes it up": {"slug": MadeUp(**TEXT, unique=True)},
    "text": {"bio": models.TextField(), "picture": models.FileField()},
    "a computed column": {
        "long": models.GeneratedField(
            expression=Lower("username"), output_field=models.CharField(**TEXT), db_persist=True
        )
    },
    "unique but for blank": {
        "meta": unique(fields=["email"], condition=~Q(email="")),
        "email": email(blank=True),
    },
    "unique with the name": {"meta": unique(fields=["email", "username"]), "email": email()},
    "another constraint": {
        "meta": {"constraints": [models.CheckConstraint(condition=~Q(username=""), name="one")]},
    },
}
IN_THE_WAY: dict[str, tuple[list[str], dict[str, Any]]] = {
    "a unique e-mail": (["email"], {"email": email(unique=True, blank=True)}),
    "a date": (["birthday"], {"birthday": models.DateField()}),
    "a time": (["alarm"], {"alarm": models.TimeField()}),
    "a number": (["size"], {"size": models.IntegerField()}),
    "a phone number": (["phone"], {"phone": models.CharField(**TEXT, unique=True)}),
    "somebody else": (["boss"], {"boss": models.ForeignKey("self", models.CASCADE)}),
    "somebody else of one's own": (["twin"], {"twin": models.OneToOneField("self", models.CASCADE)}),
    "a default that two cannot have": (["level"], {"level": models.IntegerField(default=0, unique=True)}),
    "a key that nobody makes": (["number"], {"number": models.CharField(**TEXT, primary_key=True)}),
    "a unique first name": (["first_name"], {"first_name": models.CharField(**TEXT, unique=True)}),
    "a constraint": (["email"], {"meta": unique(fields=["email"]), "email": email()}),
    "a constraint in lower case": (["email"], {"meta": unique(Lower("email")), "email": email()}),
    "a constraint on those who are there": (
        ["email"],
        {
            "meta": unique(fields=["email"], condition=Q(is_active=True)),
            "email": email(),
            "is_active": models.BooleanField(default=True),
        },
    ),
    "an e-mail for each tenant": (
        ["email"],
        {
            "meta": {"unique_together": [("tenant", "email")]},
            "email": email(),
            "tenant": models.IntegerField(default=1),
        },
    ),
    "two at once": (["phone", "born"], {"phone": models.CharField(**TEXT, unique=True), "born": models.DateField()}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HARMLESS)
def test_harmless(name: str) -> None:
    with isolate_apps("tests"):
        somebody = model(**HARMLESS[name])
        assert user_columns.never_filled(somebody) == []
        new = somebody(username="new")
        user_columns.leave_empty(new)
        assert user_columns.unfilled(new) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", IN_THE_WAY)
def test_in_the_way(name: str) -> None:
    columns, definition = IN_THE_WAY[name]
    with isolate_apps("tests"):
        somebody = model(**definition)
        assert user_columns.never_filled(somebody) == columns
        new = somebody(username="new")
        user_columns.leave_empty(new)
        assert user_columns.unfilled(new) == columns


def test_without_the_database_a_condition_is_left_out() -> None:
    with isolate_apps("tests"):
        somebody = model(meta=unique(fields=["email"], condition=Q(username="-")), email=email())
        assert user_columns.never_filled(somebody, ask_database=False) == []


def test_what_was_filled_in_is_not_in_the_way() -> None:
    with isolate_apps("tests"):
        somebody = model(email=email(unique=True), born=models.DateField(), level=models.IntegerField(default=0))
        assert user_columns.unfilled(somebody(username="new", email="a@example.com", born="2001-02-03")) == []


def test_what_must_differ_is_null_where_it_may_be() -> None:
    with isolate_apps("tests"):
        together = {"unique_together": [("username", "phone")]}
        somebody = model(
            meta=together,
            email=email(unique=True, null=True),
            phone=models.CharField(**TEXT, null=True),
            nick=models.CharField(**TEXT, null=True),
        )
        new = somebody(username="new", email="", phone="", nick="")
        user_columns.leave_empty(new)
        assert (new.email, new.phone, new.nick) == (None, None, "")  # type: ignore[attr-defined]


def test_nothing_is_in_the_way_of_djangos_own_user() -> None:
    assert user_columns.never_filled() == []
    assert user_columns.labels(["email"]) == [str(get_user_model()._meta.get_field("email").verbose_name)]  # type: ignore[union-attr]
