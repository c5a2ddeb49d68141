"""What should an admin know about a provider that was just saved, though nothing is wrong with its form?"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_wechat.models import SubType, WeChatProvider
from django_wechat.setup import signin_methods
from django_wechat.setup.check import site

SCAN_ALONE = _(
    "Confirm on phone is off: whoever shows a visitor the QR code of their own browser is signed in as that visitor, "
    "by the scan alone. Switch it on unless you have a reason."
)
SCAN_ALONE_ELSEWHERE = _(
    "At “%(name)s” a scan alone signs in, and any visitor may choose it: “?provider=%(name)s” is enough for that. "
    "Switch Confirm on phone on there, too."
)
ANY_ENTRY = _(
    "Camera only is off: whoever sends a visitor the code of their own browser is signed in as that visitor, as soon "
    "as the visitor confirms. Switch it on unless you have a reason."
)
FOR_MEMBERS = _(
    "The code opens the version “%(version)s”: visitors who are no members of the mini program see an error of "
    "WeChat’s. Choose Released once the program is."
)
TWO_KEYPAIRS = _(
    "SubType Mobile with two keypairs: inside WeChat, Client ID 2 is used, and Client ID is not used at all. "
    "Clear one of the two."
)
SAME_APP = _(
    "“%(others)s” has the same website app as Client ID. A website app has one callback domain (授权回调域), so both "
    "work only at the same host. If that is not meant, compare Client ID with the Open Platform."
)
SAME_ACCOUNT = _(
    "“%(others)s” uses the same official account. WeChat knows one server address for it: enter the address of one of "
    "them there, and give all the same Access Token and EncodingAESKey."
)


def notes(provider: WeChatProvider) -> Sequence[Any]:
    """Return warnings in words; asks the database for other providers of the same apps."""
    return [
        *([SCAN_ALONE] if provider.signs_in_by_scan_alone else []),
        *_scans_alone_elsewhere(provider),
        *_of_program_code(provider),
        *left_without(signin_methods.locked_out()),
        *([TWO_KEYPAIRS] if provider.second_keypair_wins else []),
        *_shared(SAME_APP, provider, _website_apps(provider)),
        *_shared(SAME_ACCOUNT, provider, _accounts(provider)),
    ]


def form_notes(form: Any) -> Sequence[str]:
    """Return what the form cleaned, and what it doubts, of each value that was pasted; nothing of the values."""
    labels = form.fields
    cleaned = [f"{labels[name].label}: {found.says} {_('It was left out.')}" for name, found in form.left_out.items()]
    return [*cleaned, *(f"{labels[name].label}: {found}" for name, found in form.doubts.items())]


def left_without(people: int) -> Sequence[str]:
    """Return what to say when so many people have no way in any more; nothing for none."""
    if not people:
        return []
    words = ngettext(
        "%(count)d person has no other way to sign in than WeChat, which is switched off now.",
        "%(count)d people have no other way to sign in than WeChat, which is switched off now.",
        people,
    )
    return [words % {"count": people}]


def _scans_alone_elsewhere(provider: WeChatProvider) -> Sequence[str]:
    others = site.scanning_alone_beside(provider) if provider.enabled and not provider.signs_in_by_scan_alone else []
    return [str(SCAN_ALONE_ELSEWHERE) % {"name": name} for name in others[:1]]


def _of_program_code(provider: WeChatProvider) -> Sequence[Any]:
    if not provider.mini_program_qr_complete:
        return []
    version = provider.get_mini_program_version_display()
    return [
        *([] if provider.strict_entry else [ANY_ENTRY]),
        *([str(FOR_MEMBERS) % {"version": version}] if provider.opens_for_members_only else []),
    ]


def _shared(words: Any, provider: WeChatProvider, same: Q | None) -> Sequence[str]:
    if same is None:
        return []
    others = WeChatProvider.objects.filter(same).exclude(pk=provider.pk).values_list("name", flat=True)
    return [str(words) % {"others": ", ".join(others)}] if others else []


def _website_apps(provider: WeChatProvider) -> Q | None:
    if provider.sub_type != SubType.WEB or not provider.client_id:
        return None
    return Q(sub_type=SubType.WEB, client_id=provider.client_id)


def _accounts(provider: WeChatProvider) -> Q | None:
    """Every provider with the official account of this one, in whichever of its two places."""
    first = provider.client_id if provider.sub_type == SubType.MOBILE else ""
    appids = [appid for appid in (provider.client_id_2, first) if appid]
    if not appids:
        return None
    return Q(client_id_2__in=appids) | Q(sub_type=SubType.MOBILE, client_id__in=appids)
