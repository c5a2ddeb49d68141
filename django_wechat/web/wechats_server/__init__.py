"""What does WeChat's own server ask of us, and what does it get? Its pushes, and the files that it looks for.

Start reading at `webhook`. No person ever sees an answer of this room.
"""
