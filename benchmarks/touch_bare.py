"""Program: presses on the bare window's buttons, timed as those at the terminal. Argument: Kivy's settings as JSON."""

import json
import sys
import time
from typing import Any

from benchmarks.bare_window import open_bare_window

PRESSES = 120


def main() -> None:
    """Says {"press": [ms...], "frames": [ms...]}."""
    app = open_bare_window(sys.argv[1])
    app._run_prepare()
    from kivy.base import runTouchApp

    runTouchApp(embedded=True)
    sys.stdout.write(json.dumps(press_buttons(app)) + "\n")
    app.stop()


def press_buttons(app: Any) -> dict[str, list[float]]:
    """One button after the other."""
    from kivy.base import EventLoop

    from benchmarks.finger import Finger
    from benchmarks.loop_watch import LoopWatch

    watch, finger = LoopWatch(), Finger()

    def turn() -> float:
        start = time.perf_counter()
        watch.begin()
        EventLoop.idle()
        EventLoop.window.mainloop()
        watch.end("bare")
        return (time.perf_counter() - start) * 1000

    for _ in range(3):
        turn()
    presses = []
    for number in range(PRESSES):
        finger.put_down(app.root.children[number % 12].center)
        frames = len(watch.turns.frames["bare"])
        presses.append(turn())
        assert len(watch.turns.frames["bare"]) > frames, "no reaction"
        finger.lift()
        # A Button keeps its pressed look for a moment.
        while app.root.children[number % 12].state == "down":
            turn()
        turn()
    return {"press": presses, "frames": watch.turns.frames["bare"]}


if __name__ == "__main__":
    main()
