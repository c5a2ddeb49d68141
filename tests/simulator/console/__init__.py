"""What an administrator sees in the consoles."""
