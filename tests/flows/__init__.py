"""The journeys, one file each, and how they are chosen."""
