"""Every state that a visitor can meet, on one page, for whoever works on the words and the looks (DEBUG only)."""
