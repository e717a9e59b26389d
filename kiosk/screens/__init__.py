"""What patients and staff see: one module and one .kv file a screen."""
