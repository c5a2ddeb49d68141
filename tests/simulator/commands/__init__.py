"""What can be done by name."""
