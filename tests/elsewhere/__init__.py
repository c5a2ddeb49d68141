"""A site unlike the one of the other tests; `tests/whole/test_elsewhere.py` runs its journeys in their own process."""
