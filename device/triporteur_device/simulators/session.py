"""The loop that lets one trike live and carries its instruments' bytes."""

import os
import selectors
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.terminal import Terminal
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.words import Switches, obey

_IDLE_S = 60.0


@dataclass(slots=True)
class Post:
    """An instrument at its terminal; `push_s` is when it next speaks unasked."""

    instrument: Instrument
    terminal: Terminal
    push_s: float


class Session:
    """One trike, its instruments, and the words it obeys until told to stop.

    `speed` multiplies the model's time only. `clock` is monotonic, in seconds. `switches` holds the
    faults that words may switch.
    """

    def __init__(
        self,
        model: TrikeModel,
        speed: float,
        clock: Callable[[], float],
        say: Callable[[str], None],
        switches: Switches = MappingProxyType({}),
    ) -> None:
        self._model = model
        self._speed = speed
        self._clock = clock
        self._say = say
        self._switches = switches
        self._lived_s = clock()
        self._posts: list[Post] = []
        self._typed = b""
        self._stopping = False
        # Not epoll, which refuses files and /dev/null as standard input.
        self._selector = selectors.PollSelector()

    def add(self, instrument: Instrument, terminal: Terminal) -> None:
        """Let the instrument speak on this terminal."""
        post = Post(instrument, terminal, self._clock())
        self._posts.append(post)
        self._selector.register(terminal.fileno(), selectors.EVENT_READ, lambda: self._answer(post))

    def obey_words_on(self, descriptor: int) -> None:
        """Read words on this descriptor until it ends."""
        self._selector.register(descriptor, selectors.EVENT_READ, lambda: self._listen(descriptor))

    def stop_on(self, descriptor: int) -> None:
        """End the loop as soon as this descriptor can be read."""
        self._selector.register(descriptor, selectors.EVENT_READ, self._stop)

    def run(self) -> None:
        """Serve until told to stop."""
        while not self._stopping:
            for key, _ in self._selector.select(self._wait_s()):
                key.data()
            for post in self._posts:
                self._serve(post)

    def close(self) -> None:
        """Remove the links and hang up."""
        self._selector.close()
        for post in self._posts:
            post.terminal.close()

    def _serve(self, post: Post) -> None:
        now_s = self._clock()
        every_s = post.instrument.push_every_s
        if every_s is not None and now_s >= post.push_s:
            post.terminal.line.send(post.instrument.push(self._state()), now_s)
            missed = (now_s - post.push_s) // every_s
            post.push_s += (missed + 1) * every_s
        post.terminal.flush(now_s)

    def _wait_s(self) -> float:
        pushes = [p.push_s for p in self._posts if p.instrument.push_every_s is not None]
        chunks = [s for p in self._posts if (s := p.terminal.line.next_s()) is not None]
        now_s = self._clock()
        return max(min([*pushes, *chunks, now_s + _IDLE_S]) - now_s, 0.0)

    def _state(self) -> TrikeState:
        now_s = self._clock()
        self._model.advance((now_s - self._lived_s) * self._speed)
        self._lived_s = now_s
        return self._model.state

    def _answer(self, post: Post) -> None:
        data = post.terminal.read()
        if data:
            bursts = post.instrument.receive(data, self._state())
            post.terminal.line.send(bursts, self._clock())

    def _listen(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, 4096)
        except OSError:  # a terminal that went away, or that another program now holds
            data = b""
        if not data:
            self._selector.unregister(descriptor)
            return
        *lines, self._typed = (self._typed + data).split(b"\n")
        for line in lines:
            self._hear(line.decode("utf-8", "replace").strip())

    def _hear(self, line: str) -> None:
        self._state()  # what was lived so far was lived under the former orders
        if line == "quit":
            self._stop()
        elif line:
            self._say(obey(line, self._model, self._switches))

    def _stop(self) -> None:
        self._stopping = True
