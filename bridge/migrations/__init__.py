"""The schema's history (Alembic), run without a configuration file."""
