"""What all rooms share: the collector leaves alone what was there before the first test."""

import gc


def pytest_collection_finish() -> None:
    """Thousands of collected tests would otherwise be walked through again and again."""
    gc.collect()
    gc.freeze()
