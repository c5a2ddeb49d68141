"""What the admin sees and does."""
