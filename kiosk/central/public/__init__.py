"""Free and busy times for the clinic's own site: who has time when, and nothing of any patient (R6, api.md section 14)."""
