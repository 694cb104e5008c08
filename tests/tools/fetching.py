"""What the tests of downloading share: a web server, a way to it through a real broker, and steps."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from noglue.tools import download
from noglue.tools.net.cache_store import Store
from noglue.tools.net.fetch import Fetcher
from noglue.tools.sandbox.network import Broker, Channel
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Note, Progress, Step
from tests.web import Web


@dataclass
class Bench:
    """Runs `download` as the runner would, in this process. `events`: what the steps told."""

    web: Web
    way: Channel
    folder: Path
    events: list[Progress | Note] = field(default_factory=list)
    steps: int = 0

    def step(self, cache: str = "cache", **options: Any) -> Step:
        self.steps += 1
        folder = self.folder / "run" / "steps" / f"{self.steps:02d}-download"
        folder.mkdir(parents=True)
        options.setdefault("network", self.way)
        return Step(folder, self.folder / "run", self.folder / cache, emit=self.events.append, **options)

    @contextmanager
    def fetcher(self, **options: Any) -> Iterator[Fetcher]:
        step = self.step()
        assert step.cache is not None
        with closing(Fetcher(Store(step.cache), step, **options)) as fetcher:
            yield fetcher

    @contextmanager
    def other_way(self, *named: tuple[str, int]) -> Iterator[Step]:
        """A step with a broker of its own."""
        broker = Broker(set(named) or {(self.web.host, self.web.port)}, environment={})
        with broker, closing(Channel(os.dup(broker.descriptor))) as way:
            yield self.step(network=way)

    def download(self, *sources: str, step: Step | None = None, **options: Any) -> download.Result:
        return download.run(download.Args(sources=list(sources), **options), step or self.step())

    def content(self, name: str) -> bytes:
        """Of a file in a result."""
        return (self.folder / "run" / name).read_bytes()

    def notes(self) -> str:
        return "\n".join(event.message for event in self.events if isinstance(event, Note))


@contextmanager
def bench(folder: Path, certificate: Path | None = None) -> Iterator[Bench]:
    with (
        Web(certificate) as web,
        Broker({(web.host, web.port)}, environment={}) as broker,
        closing(Channel(os.dup(broker.descriptor))) as way,
    ):
        yield Bench(web, way, folder)


def failure(place: Bench, *sources: str, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        place.download(*sources, **options)
    assert caught.value.message.endswith((".", "…"))
    return caught.value
