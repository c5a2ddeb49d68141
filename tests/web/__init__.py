"""Who calls us over HTTP, and what they get."""
