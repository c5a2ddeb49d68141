"""A pretend WeChat for development and tests; an island that neither imports the product nor is imported by it."""
