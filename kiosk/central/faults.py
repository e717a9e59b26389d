"""How a fault of the program is told in the log (R39)."""


def told(error: Exception) -> str:
    """What broke and where, never the error's message: a database's message holds the values of a person."""
    trace = error.__traceback__
    steps = []
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(steps)}"
