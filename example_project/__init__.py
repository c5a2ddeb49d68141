"""A small site that shows the package at work: `make demo`."""
