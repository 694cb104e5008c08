"""The same download as a step of its own, in each sandbox that works here: no network but through the broker."""

import hashlib
import json
import sys
import time

import pytest

from noglue.tools.sandbox import bwrap, landlock
from noglue.tools.sandbox.network import Broker
from noglue.tools.spec.sandboxes import Confinement
from tests.web import Reply, Web, redirect

DATA = bytes(range(256)) * 4000


@pytest.fixture(params=[bwrap.Bubblewrap, landlock.Landlock], ids=["bwrap", "landlock"])
def sandbox(request):
    made = request.param()
    why = made.available()
    if why is not None:
        pytest.skip(why)
    return made


def step(sandbox, folder, web, named, **args):
    """→ the content of result.json."""
    place, cache = folder / "run" / "steps" / "01-download", folder / "cache"
    place.mkdir(parents=True)
    cache.mkdir(exist_ok=True)
    (place / "args.json").write_text(json.dumps({"tool": "download", "args": args}))
    with Broker(named, environment={}) as broker, (folder / "log.txt").open("wb") as log:
        context = {"run": str(folder / "run"), "cache": str(cache), "network": broker.descriptor}
        context |= {"deadline": time.monotonic() + 60}
        command = [sys.executable, "-P", "-m", "noglue.tools.process.step_process", str(place), json.dumps(context)]
        inside = Confinement(folder=place, writes=(cache,), descriptors=(broker.descriptor,))
        child = sandbox.start(command, inside, log)
        with child.stdout:
            child.stdout.read()
        assert child.wait(60) == 0, (folder / "log.txt").read_text()
    return json.loads((place / "result.json").read_text())


def test_in_the_sandbox(sandbox, tmp_path):
    with Web() as web:
        url = web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[5000]))
        answer = step(sandbox, tmp_path, web, {(web.host, web.port)}, sources=[url])
    assert answer["ok"], answer
    assert answer["result"]["origins"][0]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert (tmp_path / "run" / answer["result"]["files"][0]).read_bytes() == DATA


def test_no_way_inside(sandbox, tmp_path):
    with Web() as web, Web() as secret:
        secret.add("/x.bin", Reply(b"secret"))
        url = web.add("/x.bin", redirect(secret.url("/x.bin")))
        answer = step(sandbox, tmp_path, web, {(web.host, web.port)}, sources=[url])
        assert answer["error"]["kind"] == "forbidden-address"
        assert secret.asked == []
