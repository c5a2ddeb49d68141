"""What is remembered between two requests, and happens once."""
