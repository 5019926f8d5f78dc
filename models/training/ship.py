"""Write the best weights of a training as the folder that ships, half precision, with the numbers of the run.

python -m models.training.ship solids-clip | solids-clip-b | solids-upscale
"""

import argparse
from pathlib import Path
from typing import Any, Final

from safetensors.torch import save_file
from torch import nn

from models.training import checkpoint, upscaler
from models.training.checkpoint import write_numbers
from models.training.clip import Lessons
from models.training.clip_model import SHAPES, folder_of, write_folder
from models.training.common import WORK, write_whole

UPSCALER: Final = "solids-upscale"


def write_upscaler(network: nn.Module, folder: Path, state: dict[str, Any]) -> None:
    """Write the upscaler's weights and the run's numbers."""
    weights = {key: value.half().contiguous() for key, value in network.state_dict().items()}
    write_whole(folder / "model.safetensors", lambda path: save_file(weights, path, metadata={"format": "pt"}))
    write_numbers(folder, state)


def main() -> None:
    """Read the command line and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=(*SHAPES, UPSCALER))
    name = parser.parse_args().name
    if name == UPSCALER:
        network = upscaler.new_network()
        write_upscaler(network, upscaler.SHIPPED, checkpoint.load(upscaler.PATH, {"best": network}))
    else:
        lessons = Lessons(SHAPES[name])
        state = checkpoint.load(WORK / f"{name}.safetensors", {"best": lessons})
        write_folder(lessons.clip, folder_of(name), state)


if __name__ == "__main__":
    main()
