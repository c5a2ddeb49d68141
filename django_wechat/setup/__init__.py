"""Is it filled in, and does it work? Forms, providers of the settings, values to paste, system checks, the Check.

The admin, the commands and the front door call in. Start with `forms` for what an admin types, with `check` for what
the Check button finds.
"""
