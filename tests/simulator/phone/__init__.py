"""What a person sees on the pretend phone."""
