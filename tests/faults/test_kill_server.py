import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "kill_server.py"


def test_nothing_acknowledged_is_lost_doubled_or_damaged_when_server_and_worker_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--rounds", "9", "--seed", "3", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)

    told = json.loads(done.stdout)

    assert told["wrong"] == []
    assert done.returncode == 0
    assert set(told["runs"]) <= {"succeeded", "cancelled", "interrupted"}
    assert told["runs"]["succeeded"] * 2 == told["pictures"]
    assert told["deaths"]["server"] == 6
