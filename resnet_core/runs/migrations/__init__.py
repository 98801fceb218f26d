"""How older databases become this version's: Alembic's environment (`env.py`) and its steps (`versions/`)."""
