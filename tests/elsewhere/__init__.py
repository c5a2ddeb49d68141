"""A site unlike the one of the other tests. `tests/test_elsewhere.py` runs its journeys, in a process of their own."""
