"""How rows are kept."""
