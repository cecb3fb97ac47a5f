"""The schema's history, one Alembic revision a file."""
