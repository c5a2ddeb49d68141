"""Users without a username, whose primary key is there before they are saved."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """How the tests and `createsuperuser` make people."""

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "Person":
        """Return a new person who may do everything."""
        person = self.model(email=email, is_staff=True, is_superuser=True, **values)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in by e-mail, if there is one, and has a short name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True, null=True, blank=True)
    first_name = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    def __str__(self) -> str:
        return self.email or self.first_name
