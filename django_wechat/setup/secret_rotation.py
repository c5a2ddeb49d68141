"""How do stored secrets get under the newest key, so that an old one can be thrown away?"""

from dataclasses import dataclass

from django_wechat.models import WeChatProvider, is_filled
from django_wechat.models.entries import STORED_SECRETS
from django_wechat.models.fields import SecretUnreadable, is_newest, reencrypted
from django_wechat.models.transactions import all_or_nothing


@dataclass(frozen=True)
class Rotation:
    """What became of the secrets: how many were re-encrypted, were under the newest key already, cannot be read.

    `unreadable` names each as "provider: column".
    """

    rotated: int
    current: int
    unreadable: tuple[str, ...]


def rotate() -> Rotation:
    """Re-encrypt every provider's secrets under the newest key; what no key can read stays as it is, and is named.

    Sign-ins under way keep their own short-lived rows (ten minutes): keep the old key that long.
    """
    rotated, current, unreadable = 0, 0, []
    for key in WeChatProvider.objects.filter(in_settings=False).values_list("pk", flat=True):
        with all_or_nothing():
            provider = WeChatProvider.objects.select_for_update().get(pk=key)
            for column in STORED_SECRETS:
                if not is_filled(provider, column):
                    continue
                stored = vars(provider)[column]
                try:
                    fresh = stored if is_newest(stored) else reencrypted(stored, column=column)
                except SecretUnreadable:
                    unreadable.append(f"{provider}: {column}")
                    continue
                rotated, current = rotated + (fresh is not stored), current + (fresh is stored)
                vars(provider)[column] = fresh
            provider.save(update_fields=STORED_SECRETS)
    return Rotation(rotated, current, tuple(unreadable))
