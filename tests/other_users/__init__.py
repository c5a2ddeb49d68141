"""Sites whose user models want what WeChat does not tell; `tests/whole/test_other_users.py` runs each in a process."""
