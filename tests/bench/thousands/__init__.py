"""The figures of thousands of calls beside their targets and peers, as one table: `python -m tests.bench thousands`."""
