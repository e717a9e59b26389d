"""Statistics (R5, R35): what was booked, moved, cancelled, asked for in vain, and how full doctors are. Names no patient."""
