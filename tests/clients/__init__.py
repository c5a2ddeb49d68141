"""What asks WeChat."""
