"""What kv rules follow while screens stay built: the words and the theme.

Kivy binds a rule that uses the words (`_`) or the theme through `fbind`; here it is kept in the group of the screen that is being
built. A group is worked out anew when its screen comes on show and something has changed since it was last: a switch of the
language costs the time of one screen, not of all.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from kivy.event import Observable

Rule = tuple["Live", Callable[..., None], tuple[Any, ...]]

_uids = count(1)
_groups: dict[int, "Group"] = {}


class Group:
    """The rules of one screen, with the states in which they were last worked out."""

    def __init__(self) -> None:
        self._rules: dict[int, Rule] = {}
        self._worked_out: dict[Live, Hashable] = {}

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """What is built inside belongs to this group."""
        global _collecting
        outer, _collecting = _collecting, self
        try:
            yield
        finally:
            _collecting = outer

    def keep(self, live: "Live", rule: Callable[..., None], arguments: tuple[Any, ...]) -> int:
        """One more rule; its number, by which `drop` knows it."""
        uid = next(_uids)
        self._worked_out.setdefault(live, live.state)
        self._rules[uid] = (live, rule, arguments)
        _groups[uid] = self
        return uid

    def drop(self, uid: int) -> None:
        """The widget of this rule is gone."""
        self._rules.pop(uid, None)

    def renew(self) -> None:
        """Works out what follows something that has changed, each rule once."""
        changed = {live for live, state in self._worked_out.items() if live.state != state}
        if not changed:
            return
        self._worked_out.update({live: live.state for live in changed})
        rules = {
            id(arguments[0]): (rule, arguments)
            for live, rule, arguments in self._rules.values()
            if live in changed
        }
        for rule, arguments in rules.values():
            rule(*arguments, None, None)


#: What is built outside of any screen, or later by one.
COMMON = Group()
_collecting = COMMON


class Live(Observable):  # type: ignore[misc]
    """Something that changes as a whole: rules that use anything of it follow its `state`."""

    state: Hashable = None

    def fbind(self, _name: str, rule: Callable[..., None], *arguments: Any, **_options: Any) -> int:
        """Kivy's hook: a rule uses this."""
        return _collecting.keep(self, rule, arguments)

    def unbind_uid(self, _name: str, uid: int) -> None:
        """Kivy's hook: the widget of a rule is gone."""
        group = _groups.pop(uid, None)
        if group is not None:
            group.drop(uid)
