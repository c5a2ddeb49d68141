"""The demo's own command, which its start calls."""
