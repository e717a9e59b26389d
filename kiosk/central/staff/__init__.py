"""Who of the clinics' staff may come in, and what each may do (R4, R39, R40; docs/staff-access.md)."""
