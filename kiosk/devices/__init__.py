"""Devices of the terminal: ports named for the job, adapters that hide their libraries, pure formats."""
