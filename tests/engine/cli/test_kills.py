import json
import subprocess
import sys
from pathlib import Path

import killing

from engine.store.pictures import open_picture, read_workflow


def test_a_run_that_is_killed_at_any_moment_leaves_nothing_half_written(painting_file: str, here: Path) -> None:
    command = [sys.executable, killing.__file__, str(here), painting_file, "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=here)

    rounds = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    assert sum(told["killed"] for told in rounds) >= 5
    assert not rounds[-1]["killed"]
    for told in rounds:
        assert told["status"] == 0
        for path in [*told["after_kill"], *told["new"]]:
            json.loads(read_workflow(Path(path)) or "")
        (new,) = told["new"]
        assert open_picture(Path(new)).getpixel((0, 0)) == (32, told["moment"] % 256, 0)


def test_two_processes_write_into_one_folder_without_losing_a_picture(painting_file: str, here: Path) -> None:
    command = [sys.executable, killing.__file__, str(here), painting_file, "1000"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=here) for _ in range(2)]
    for process in both:
        process.communicate()

    pictures = sorted((here / "out").glob("image_*.png"))

    assert [process.returncode for process in both] == [0, 0]
    assert [path.name for path in pictures] == [f"image_{number:05}.png" for number in range(1, 7)]
    assert all(read_workflow(path) for path in pictures)
