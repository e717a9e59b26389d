"""The window: wiring of terminal, frame and Kivy's loop, and what happens when something unforeseen breaks."""

import gc
import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk import memory, screens
from kiosk.maintenance.gesture import Gesture
from kiosk.screens.dress import Dress
from kiosk.screens.frame import Frame
from kiosk.settings import DisplaySettings
from kiosk.terminal import Terminal
from kiosk.views import Waiting

if TYPE_CHECKING:
    from kiosk.keys import Keys

logger = logging.getLogger(__name__)

#: Exit status for the supervisor: broke twice in short order, start anew (EX_SOFTWARE of sysexits.h).
EXIT_BROKEN = 70
#: Staff wants it started anew (EX_TEMPFAIL).
EXIT_RESTART = 75
SHORT_ORDER_SECONDS = 60
TICK_SECONDS = 1
FAST_FPS, SLOW_FPS = 60, 10
#: Seconds from one screen that is built ahead to the next.
BUILD_PAUSE = 0.1
#: Between visits the loop slows down after so many seconds: it costs a core less, and the first touch 0.1 s at most.
SLOW_AFTER_SECONDS = 30


def on_ui_thread(call: Callable[[], None]) -> None:
    """Makes this call in Kivy's loop, after those that were given before; from any thread."""
    Clock.schedule_once(lambda _dt: call())


class KioskApp(App):  # type: ignore[misc]
    """Shows the terminal in one window until it is stopped; `exit_status` is for the supervisor then.

    The other screens are built after the first frame, one by one, so that a touch between two of them is answered.
    Kivy must have been configured before (kiosk/window.py).
    """

    def __init__(
        self,
        terminal: Terminal,
        display: DisplaySettings,
        ticks: Sequence[Callable[[], None]] = (),
        keys: "Keys | None" = None,
    ) -> None:
        """`ticks` go with the terminal's own, once a second. `keys` hand on what is typed."""
        super().__init__()
        self.terminal = terminal
        self._ticks = ticks
        self.exit_status = 0
        self._display = display
        self._crashes = Crashes(self)
        self._keys = keys
        self._gesture: Gesture | None = None
        self._last_active = time.monotonic()
        self._tidied = ""
        self._clock = Clock.create_trigger(self._tick)
        self._building = Clock.create_trigger(self._build_next, BUILD_PAUSE, interval=True)

    def build(self) -> Frame:
        """The frame, with the welcome screen in it."""
        theme = Dress(self._display)
        screens.install(theme)
        frame = Frame(self.terminal, theme, lambda step: screens.make_screen(step, self.terminal))
        paint = Clock.create_trigger(frame.paint, -1)
        self.terminal.on_change = paint
        self.terminal.on_restart = self._restart
        self._gesture = Gesture(theme.per_mm, time.monotonic)
        frame.paint()
        return frame

    def on_start(self) -> None:
        """Everything that calls in from outside."""
        ExceptionManager.add_handler(self._crashes)
        Window.bind(on_touch_down=self._pressed, on_key_down=self._touched, on_request_close=self._stay_open)
        Window.bind(on_flip=self._first_frame, on_touch_up=self._let_go)
        if self._keys:
            self._keys.listen()

    def on_stop(self) -> None:
        """Kivy calls this twice, the second time with nothing left to do; SIGTERM may call it before `on_start`."""
        ExceptionManager.remove_handler(self._crashes)
        Window.unbind(
            on_touch_down=self._pressed, on_key_down=self._touched, on_request_close=self._stay_open
        )
        Window.unbind(on_touch_up=self._let_go)
        if self._keys:
            self._keys.stop()
        self._clock.cancel()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The app with its loop in the hands of whoever stands inside (the robot); stopped at the end."""
        self._run_prepare()
        runTouchApp(embedded=True)
        try:
            yield
        finally:
            self.stop()

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings panel is not for patients."""
        return False

    def _first_frame(self, *_args: object) -> None:
        """Work begins in the turn after it, however long it took: on a worker too it would hold the frame up."""
        Window.unbind(on_flip=self._first_frame)
        self._clock()
        self.build_ahead()

    def build_ahead(self) -> None:
        """Builds the screens that are not there, one by one. None of them is ever garbage, and looking for some among
        them would keep a touch waiting for half a second, again and again."""
        gc.disable()
        self._building()

    def _build_next(self, _dt: float) -> bool:
        """The next screen; False when all are there. The registry's answers go before: the first, without which nobody
        can begin, and each that somebody waits for, as after their card (issue 5, 2)."""
        if self._awaits_an_answer:
            return True
        if self.root.prepare_next():
            return True
        gc.freeze()
        gc.enable()
        return False

    @property
    def _awaits_an_answer(self) -> bool:
        terminal = self.terminal
        if terminal.home is None and terminal.out_of_service is None:
            return True
        return terminal.busy is not None or (terminal.visit.started and isinstance(terminal.content, Waiting))

    def _tick(self, _dt: float) -> None:
        # A new event each time: Kivy never calls one again that raised once, and idle visits would end no more.
        self._clock = Clock.schedule_once(self._tick, TICK_SECONDS)
        self.terminal.tick()
        for tick in self._ticks:
            tick()
        self.root.paint()
        self._tidy()
        quiet = not self.terminal.visit.started and time.monotonic() - self._last_active > SLOW_AFTER_SECONDS
        Clock._max_fps = SLOW_FPS if quiet else FAST_FPS

    def _tidy(self) -> None:
        """What a visit leaves behind goes soon after it, while nobody touches anything. By itself the collector would wait
        for more, as textures and fonts weigh much and count little."""
        if gc.isenabled() and self.terminal.visit.key != self._tidied:
            self._tidied = self.terminal.visit.key
            memory.give_back()

    def _pressed(self, window: Any, touch: Any) -> bool:
        self._wake()
        self.terminal.pressed()
        if self._gesture is None or not self.terminal.takes_knock:
            return False
        knocks = self._gesture.down(touch.x, touch.y, window.size)
        if knocks:
            self.terminal.knock()
        return knocks

    def _let_go(self, window: Any, touch: Any) -> bool:
        if self._gesture is not None:
            self._gesture.up(touch.x, touch.y, window.size)
        return False

    def _restart(self) -> None:
        self.exit_status = EXIT_RESTART
        self.stop()

    def _touched(self, *_args: object) -> bool:
        self._wake()
        self.terminal.touched()
        return False

    def _wake(self) -> None:
        self._last_active = time.monotonic()
        Clock._max_fps = FAST_FPS

    def _stay_open(self, *_args: object, **_options: object) -> bool:
        """A fullscreen kiosk is closed by its supervisor only."""
        return self._display.fullscreen


class Crashes(ExceptionHandler):  # type: ignore[misc]
    """An exception nobody foresaw ends the visit and shows welcome; a second within a minute ends the program.

    Logged is its type and place, never its message: that might hold what a patient typed.
    """

    def __init__(self, app: KioskApp, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._monotonic = monotonic
        self._last: float | None = None

    def handle_exception(self, error: BaseException) -> int:
        """Kivy's hook: whether the loop goes on."""
        if not isinstance(error, Exception):
            return int(ExceptionManager.RAISE)
        logger.error("unforeseen %s at %s", type(error).__name__, place(error))
        now = self._monotonic()
        again = self._last is not None and now - self._last < SHORT_ORDER_SECONDS
        self._last = now
        if again or not self._start_over():
            self._app.exit_status = EXIT_BROKEN
            self._app.stop()
        return int(ExceptionManager.PASS)

    def _start_over(self) -> bool:
        """A fresh visit on fresh screens; False where even that fails."""
        try:
            self._app.terminal.leave()
            self._app.root.start_over()
            gc.unfreeze()
            gc.collect()
            self._app.build_ahead()
        except Exception as error:  # noqa: BLE001  the top-level handler: the supervisor takes over
            logger.error("unforeseen %s at %s", type(error).__name__, place(error))
            return False
        return True


def place(error: BaseException) -> str:
    """Where an exception was raised: file, line, function."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return "".join(f"{one.filename}:{one.lineno} {one.name}" for one in last) or "nowhere"
