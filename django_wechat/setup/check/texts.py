"""What may a check find? Every code there is, with its words."""

from django_wechat.setup.check.text import Text
from django_wechat.setup.check.texts_push import PUSH_TEXTS
from django_wechat.setup.check.texts_site import SITE_TEXTS
from django_wechat.setup.check.texts_wechat import WECHAT_TEXTS

TEXTS: dict[str, Text] = {**WECHAT_TEXTS, **PUSH_TEXTS, **SITE_TEXTS}
