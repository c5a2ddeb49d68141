"""How do browsers wait without asking? A stream of events each, and one shared look at the database for all of them."""
