"""Many things at once, but not too many, and each result as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
Job = Callable[[], Awaitable[T]]


def side_by_side(jobs: Iterable[Job[T]], most: int) -> Iterator[T]:
    """The results in the order in which they come; at most `most` jobs run at once. Jobs go on only while the next
    result is waited for."""
    with asyncio.Runner() as runner:
        results = _results(tuple(jobs), most)
        while more := runner.run(_next(results)):
            yield from more


async def _next(results: AsyncIterator[T]) -> tuple[T, ...]:
    """The next result; none at the end."""
    async for result in results:
        return (result,)
    return ()


async def _results(jobs: Iterable[Job[T]], most: int) -> AsyncIterator[T]:
    free = asyncio.Semaphore(most)

    async def one(job: Job[T]) -> T:
        async with free:
            return await job()

    for result in asyncio.as_completed([asyncio.create_task(one(job)) for job in jobs]):
        yield await result
