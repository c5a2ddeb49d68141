"""What there is in the pretend WeChat, and what goes wrong."""
