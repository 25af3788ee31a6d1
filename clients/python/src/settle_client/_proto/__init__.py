"""Generated from proto/settlement/v1 by generate.py."""
