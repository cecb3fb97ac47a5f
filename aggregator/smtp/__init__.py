"""The wire to mail servers."""
