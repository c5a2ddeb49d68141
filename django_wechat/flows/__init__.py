"""One file per sign-in journey; the folder listing is the feature list."""
