"""Doctors' working hours, and the times that are made of them for the days to come (R32)."""
