"""User models of other sites. AUTH_USER_MODEL picks one; the others are not there."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class UniqueEmail(AbstractUser):
    """The commonest: an e-mail that may be left blank, and only one person can leave it so."""

    email = models.EmailField(unique=True, blank=True)

    class Meta:
        swappable = "AUTH_USER_MODEL"


class FilledIn(AbstractUser):
    """The same, but the site makes an address up (`apps.py`)."""

    email = models.EmailField(unique=True, blank=True)

    class Meta:
        swappable = "AUTH_USER_MODEL"


class Phone(AbstractUser):
    """Everybody has a phone number of their own, and a birthday."""

    phone = models.CharField(max_length=20, unique=True)
    birthday = models.DateField()
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        swappable = "AUTH_USER_MODEL"


class OneName(AbstractUser):
    """As the commonest project template with allauth has it: one field for the whole name."""

    name = models.CharField(max_length=255, blank=True)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    class Meta:
        swappable = "AUTH_USER_MODEL"


class BothNames(AbstractUser):
    """A field for the whole name beside Django's own two."""

    name = models.CharField(max_length=255, blank=True)

    class Meta:
        swappable = "AUTH_USER_MODEL"
