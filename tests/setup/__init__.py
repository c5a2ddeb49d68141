"""Whether it is filled in, and works."""
