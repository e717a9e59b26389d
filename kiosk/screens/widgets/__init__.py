"""The components of look.md section 5, from which screens are made. Each module has its kv rules beside it."""
