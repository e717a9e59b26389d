"""Maintenance mode, for the technician (R36): what is read and done at the terminal without a patient. No Kivy."""
