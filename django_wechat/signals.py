"""What may other apps listen to?"""

from django.dispatch import Signal

push_received = Signal()
"""A genuine push of WeChat, once for each event: `provider` (the `WeChatProvider`) and `event` (a `PushEvent`).

Sent inside the answer to WeChat, which must come within a second: hand long work to a task queue.
"""
