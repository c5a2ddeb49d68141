"""What does an administrator see in the pretend consoles? What they can do there is in `acts`."""
