"""Reads what TensorBoard (the listener) wrote with TensorBoard's own reader, and compares it with metrics.jsonl.

    pip install tensorboard
    python3 check_tensorboard.py RUN [EVENTS]

RUN is a run's directory, EVENTS the listener's, RUN/tensorboard by default.
"""

import json
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = pathlib.Path(sys.argv[1])
events = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else run / "tensorboard"
expected = {"train": {}, "held_out": {}}
for line in (run / "metrics.jsonl").read_text().splitlines():
    values = json.loads(line)
    step = values.pop("step")
    values.pop("time", None)
    if "skipped" in values:
        continue
    for name, value in values.items():
        part, tag = ("held_out", name[5:]) if name.startswith("eval_") else ("train", name)
        expected[part].setdefault(tag, []).append((step, float(value)))

compared = 0
for part, tags in expected.items():
    if not tags:
        continue
    reader = EventAccumulator(str(events / part), size_guidance={"scalars": 0})
    reader.Reload()
    found = reader.Tags()["scalars"]
    assert sorted(found) == sorted(tags), (part, set(found) ^ set(tags))
    for tag, points in tags.items():
        read = [(event.step, event.value) for event in reader.Scalars(tag)]
        assert [step for step, _ in read] == [step for step, _ in points], (part, tag)
        for (_, value), (_, wanted) in zip(read, points):
            assert abs(value - wanted) <= 1e-6 * max(1, abs(wanted)), (part, tag, value, wanted)
        compared += len(points)
print(f"{compared} values agree")
