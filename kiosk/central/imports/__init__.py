"""Files of clinics into the registry (R32, docs/import.md): each import is all or nothing, and may be repeated."""
