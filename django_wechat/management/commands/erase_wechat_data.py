"""How does an admin answer a privacy request? `manage.py erase_wechat_data --user alice --apply`."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_wechat.models import WeChatIdentity
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import erasure, identities, uids
from django_wechat.people.erasure import LEFT, Plan


class Command(BaseCommand):
    """Shows what would be erased; erases it with --apply, after a question."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one person, in one of three ways."""
        parser.description = _(
            "Erase what WeChat said about one person. The user stays; it is deactivated if it has no other way in."
        )
        person = parser.add_mutually_exclusive_group(required=True)
        person.add_argument("--user", help=_("user name, primary key or email address"))
        openid_help = _("an openid, behind the appid it belongs to")
        person.add_argument("--openid", metavar="APPID:OPENID", help=openid_help)
        person.add_argument("--unionid")
        parser.add_argument("--apply", action="store_true", help=_("erase; without it nothing is changed"))
        parser.add_argument("--no-input", action="store_false", dest="interactive", help=_("do not ask before erasing"))

    def handle(self, **options: Any) -> None:
        """Show, ask, erase."""
        plans = erasure.plan(_accounts(options))
        if not plans:
            self.stdout.write(_("Nothing is known from WeChat about this person: there is nothing to erase."))
            return
        for plan in plans:
            self.stdout.write(_described(plan))
        if not options["apply"]:
            self.stdout.write(_("Nothing was changed. Run again with --apply to erase this."))
        elif options["interactive"] and input(_("This cannot be undone. Type “yes” to erase it: ")) != "yes":
            self.stdout.write(_("Nothing was changed."))
        else:
            with all_or_nothing():
                for plan in plans:
                    erasure.erase(plan.account)
            self.stdout.write(_("Erased."))


def _accounts(options: dict[str, Any]) -> list[SocialAccount]:
    """Return the WeChat accounts of the person meant; raise `CommandError` if that may be several people."""
    if options["user"] is not None:
        found = SocialAccount.objects.filter(user=_user(options["user"]))
    elif options["openid"] is not None:
        found = _with_openid(options["openid"])
    else:
        found = _with_unionid(options["unionid"])
    accounts = list(found.filter(provider=uids.PROVIDER_ID).select_related("user").order_by("pk"))
    users = {account.user for account in accounts}
    if len(users) > 1:
        words = _("Several users have this unionid: %(users)s. Say which one with --user.")
        raise CommandError(words % {"users": _names(users)})
    return accounts


def _with_openid(value: str) -> QuerySet[SocialAccount]:
    appid, colon, openid = value.partition(":")
    if not (appid and colon and openid):
        raise CommandError(_("An openid says nothing without its appid. Write --openid APPID:OPENID."))
    found: QuerySet[SocialAccount] = SocialAccount.objects.filter(
        wechat_identities__appid=appid, wechat_identities__openid=openid
    )
    return found


def _with_unionid(unionid: str) -> QuerySet[SocialAccount]:
    owner = identities.owner_of(unionid)
    seen = WeChatIdentity.objects.filter(unionid=unionid).exclude(unionid="").values_list("account_id", flat=True)
    found: QuerySet[SocialAccount] = SocialAccount.objects.filter(pk__in={*seen, *([owner.pk] if owner else [])})
    return found


def _user(value: str) -> AbstractBaseUser:
    users = _users_called(value)
    if not users:
        raise CommandError(_("No user has this name, primary key or email address."))
    if len(users) > 1:
        words = _("Several users fit: %(users)s. Say which one with --openid or --unionid.")
        raise CommandError(words % {"users": _names(users)})
    return users.pop()


def _users_called(value: str) -> set[AbstractBaseUser]:
    model = get_user_model()
    users = model._default_manager.all()
    found: set[AbstractBaseUser] = {*users.filter(**{model.USERNAME_FIELD: value})}
    if any(field.name == model.get_email_field_name() for field in model._meta.get_fields()):
        found |= {*users.filter(**{f"{model.get_email_field_name()}__iexact": value})}
    found |= {*users.filter(pk__in=EmailAddress.objects.filter(email__iexact=value).values("user"))}
    try:
        return found | {*users.filter(pk=value)}
    except (ValueError, ValidationError):
        return found


def _names(users: set[AbstractBaseUser]) -> str:
    return ", ".join(sorted(_name(user) for user in users))


def _name(user: AbstractBaseUser) -> str:
    return _("%(user)s (primary key %(pk)s)") % {"user": user, "pk": user.pk}


def _described(plan: Plan) -> str:
    words = ngettext(
        "%(user)s: %(number)d WeChat identity is erased.",
        "%(user)s: %(number)d WeChat identities are erased.",
        plan.identities,
    )
    erased = words % {"user": _name(plan.account.user), "number": plan.identities}
    if plan.deactivates:
        becomes = _("The user is deactivated: there is no other way to sign in.")
    else:
        becomes = _("The user stays and can sign in another way.")
    left = " " + LEFT % {"fields": ", ".join(plan.leaves)} if plan.leaves else ""
    return f"{erased} {becomes}{left}"
