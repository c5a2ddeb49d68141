"""What visitors see: templates, scripts, styles, mostly in a real browser."""
