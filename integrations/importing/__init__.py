"""Moving deals in from files: read, map, check, resolve, compare, write. `services/import_deals.py` is the way in."""
