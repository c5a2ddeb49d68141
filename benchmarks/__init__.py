"""What does it cost? Each file measures one thing and prints it with its target."""
