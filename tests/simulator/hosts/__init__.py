"""What the real host names answer."""
