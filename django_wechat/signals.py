"""What may other apps listen to?"""

from django.dispatch import Signal

push_received = Signal()
"""A genuine push of WeChat, once for each event: `provider` (the `WeChatProvider`) and `event` (a `PushEvent`).

Sent inside the answer to WeChat, which must come within a second: hand long work to a task queue.
"""

wechat_data_erased = Signal()
"""What WeChat said about a person is being erased: `user` (who stays, maybe deactivated) and `reason`, one of
"request", "unfollow", "revoked" and "cancelled".

Sent inside the transaction, so that the site erases its own data with it: an exception undoes the whole erasure.
"""

sign_in_disowned = Signal()
"""Somebody said on their phone, after the end, that it was not them: `provider` (the `WeChatProvider`), `user_id` (the
primary key of who was signed in on the computer, as text; "" if nobody was found) and `ended`, whether that browser
could be signed out.

What was done in that browser meanwhile is for the site to look at.
"""

accounts_merging = Signal()
"""Two users are being made one: `kept` and `merged`, instances of the user model. The site moves its own data here.

Sent inside the transaction, when the WeChat accounts are the kept user's and the other one is deactivated. A receiver
that raises undoes the merge.
"""
