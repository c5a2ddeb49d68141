"""What stands around the package: docs, packaging, example, benchmarks, translations."""
