"""What was read, judged and published, kept in a database."""
