"""Many requests at once: groups side by side, one request after the other within a group."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Crowd(Generic[_Item, _Result]):
    """Works through groups of items, as an iterator of batches of what is done.

    Groups are taken from the iterable only when there is room for them, and work stops while
    nobody takes the batches: memory is bounded by `at_once`, however many groups there are.

    Args:
        groups: items that are to be worked on one after the other.
        work: what to do with one; an exception is a bug and is raised to whoever iterates.
        at_once: groups at the same time.
    """

    def __init__(
        self,
        groups: Iterable[Sequence[_Item]],
        work: Callable[[_Item], Awaitable[_Result]],
        at_once: int,
    ) -> None:
        self._groups, self._work, self._at_once = iter(groups), work, at_once
        self._done: asyncio.Queue[tuple[_Item, _Result] | Exception | None] = asyncio.Queue(at_once)

    async def batches(self) -> AsyncGenerator[list[tuple[_Item, _Result]], None]:
        """What is done, as it comes: what there is since the last batch was taken."""
        tasks = [asyncio.create_task(self._take_groups()) for _ in range(self._at_once)]
        left = len(tasks)
        try:
            while left:
                batch = []
                for outcome in [await self._done.get(), *self._ready()]:
                    if isinstance(outcome, Exception):
                        raise outcome
                    if outcome is None:
                        left -= 1
                    else:
                        batch.append(outcome)
                if batch:
                    yield batch
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ready(self) -> Iterator[tuple[_Item, _Result] | Exception | None]:
        while not self._done.empty():
            yield self._done.get_nowait()

    async def _take_groups(self) -> None:
        try:
            for group in self._groups:  # one iterator for all tasks
                for item in group:
                    await self._done.put((item, await self._work(item)))
        except Exception as bug:  # handed to the caller, who must not wait for ever
            await self._done.put(bug)
        await self._done.put(None)
