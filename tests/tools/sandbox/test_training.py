"""What the sandbox is for: real training, with threads, and with worker processes where there is shared memory."""

import sys
from pathlib import Path
from typing import Any

CODE = """
import torch
torch.set_num_threads(2)
torch.manual_seed(0)
x = torch.randn(512, 8)
rows = torch.utils.data.TensorDataset(x, (x.sum(1) > 0).long())
loader = torch.utils.data.DataLoader(rows, batch_size=64, num_workers=WORKERS)
model = torch.nn.Sequential(torch.nn.Linear(8, 256), torch.nn.ReLU(), torch.nn.Linear(256, 2))
optimiser = torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(3):
    for batch, label in loader:
        with torch.autocast("cpu", torch.bfloat16):
            loss = torch.nn.functional.cross_entropy(model(batch), label)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
torch.save(model.state_dict(), "weights.pt")
print(torch.get_num_threads(), float(loss) < 0.4)
"""


def test_torch_trains_with_threads_and_workers(world: Any) -> None:
    workers = 0 if world.sandbox.name == "landlock" else 2
    code = CODE.replace("WORKERS", str(workers))
    with (Path(world.paths["top"]) / "log").open("wb") as log:
        child = world.sandbox.start([sys.executable, "-P", "-c", code], world.inside, log)
        with child.stdout:
            said = child.stdout.read()
        assert child.wait() == 0, (Path(world.paths["top"]) / "log").read_text()
    assert said == b"2 True\n"
    assert (Path(world.paths["folder"]) / "weights.pt").stat().st_size > 1000
