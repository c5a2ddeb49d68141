"""What do our templates in the admin need that Django's have no word for?"""

from django import template

from django_wechat.setup.order_of_use import in_order_of_use

register = template.Library()
register.filter(in_order_of_use)
