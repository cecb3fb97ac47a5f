"""Polling with all cores: several processes, each with the feeds of its share of hosts.

No host is asked by two processes, each stores what it reads in transactions of its own, and the
database lets one write at a time: whatever ends a process, whole batches are kept.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, cast

from aggregator.cli.house import House, house_of, web_settings
from aggregator.errors import AggregatorError, StoreError
from aggregator.models import Subscription
from aggregator.settings import Settings
from aggregator.visits import FeedOutcome, poll
from aggregator.web.client import WebClient, host_of

# A process costs its start and some memory, and is worth it from so many feeds on.
_WORTH_A_PROCESS = 100
_PATIENCE = 0.2  # seconds until outcomes are told
Tell = Callable[[Sequence[FeedOutcome]], None]


def processes_for(house: House, feeds: Sequence[Subscription]) -> int:
    """How many processes poll so many feeds: one a core, where there is work for it."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    most = house.settings.polling.processes or min(cores, len(feeds) // _WORTH_A_PROCESS)
    return max(1, min(most, len({host_of(feed.url) for feed in feeds})))


@contextmanager
def crew(house: House, feeds: Sequence[Subscription]) -> Iterator[Callable[[Tell], None]]:
    """Those who poll feeds: this process, or several where that is worth it.

    Enter it before threads are started, such as a progress bar's: processes are forked.

    Args:
        house: settings and store.
        feeds: the feeds, known to the store.

    Yields:
        What is to be called with a function that is told outcomes as they come and are stored.
        It raises StoreError where a process could not go on; what was stored stays.
    """
    _allow_open_files()
    count = processes_for(house, feeds)
    if count == 1:
        parallel = house.settings.polling.parallel
        yield lambda tell: asyncio.run(_poll(house, feeds, parallel, tell))
        return
    house.store.release()  # no connection of the database may be open in two processes
    with _processes(house, shares_of(feeds, count)) as pipes:
        yield lambda tell: _listen(pipes, tell)


def _listen(pipes: Sequence[Connection], tell: Tell) -> None:
    left = [*pipes]
    while left:
        for pipe in cast("list[Connection]", wait(left)):
            told = _receive(pipe)
            if told is None:
                left.remove(pipe)
            else:
                tell(told)


def shares_of(feeds: Sequence[Subscription], count: int) -> list[list[Subscription]]:
    """Divide feeds among processes: a host's feeds together, and about as many for each."""
    sizes = Counter(host_of(feed.url) for feed in feeds)
    loads, share_of = [0] * count, {}
    for host, size in sizes.most_common():
        share_of[host] = least = loads.index(min(loads))
        loads[least] += size
    shares: list[list[Subscription]] = [[] for _ in range(count)]
    for feed in feeds:
        shares[share_of[host_of(feed.url)]].append(feed)
    return shares


async def _poll(house: House, feeds: Sequence[Subscription], parallel: int, tell: Tell) -> None:
    """Poll feeds in this process; outcomes are told in handfuls."""
    clock, told = asyncio.get_running_loop(), list[FeedOutcome]()
    due = clock.time() + _PATIENCE
    async with WebClient(replace(web_settings(house.settings), concurrency=parallel)) as web:
        async for outcome in poll(house.tools(web), feeds):
            told.append(outcome)
            if clock.time() > due:
                tell(told)
                told, due = [], clock.time() + _PATIENCE
    tell(told)


@contextmanager
def _processes(
    house: House, shares: Sequence[Sequence[Subscription]]
) -> Iterator[list[Connection]]:
    """Start a process for each share; none outlives the context."""
    # A forked process has settings and modules already; elsewhere it starts from nothing.
    forking = sys.platform == "linux"
    context: Any = multiprocessing.get_context("fork" if forking else "spawn")
    parallel = max(1, house.settings.polling.parallel // len(shares))
    processes: list[BaseProcess] = []
    pipes: list[Connection] = []
    try:
        for share in shares:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(house.settings, share, parallel, theirs), daemon=True
            )
            process.start()
            theirs.close()
            processes.append(process)
            pipes.append(ours)
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.terminate()
            process.join()


def _work(
    settings: Settings, share: Sequence[Subscription], parallel: int, pipe: Connection
) -> None:
    """What a process does: poll its share, tell its outcomes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    try:
        with house_of(settings) as house:
            asyncio.run(_poll(house, share, parallel, pipe.send))
        pipe.send(None)
    except BrokenPipeError:
        return  # nobody listens any more
    except Exception as error:
        pipe.send(error if isinstance(error, AggregatorError) else _bug(error))


def _bug(error: Exception) -> RuntimeError:
    return RuntimeError("".join(traceback.format_exception(error)))


def _receive(pipe: Connection) -> list[FeedOutcome] | None:
    try:
        told = pipe.recv()
    except EOFError:
        raise StoreError(
            "a process that polled was ended from outside; what it stored stays"
        ) from None
    if isinstance(told, Exception):
        raise told
    return cast("list[FeedOutcome] | None", told)


def _allow_open_files() -> None:
    """Lift the limit of open files as far as this user may: each host in flight needs one."""
    with suppress(ImportError, ValueError, OSError):  # there is none on Windows
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
