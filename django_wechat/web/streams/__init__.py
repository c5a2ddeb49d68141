"""Browsers that wait without asking: one look at the database for all of them. Start with `watcher`."""
