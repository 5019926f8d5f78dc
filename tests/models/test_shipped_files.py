import json

import pytest
from diffusers import StableDiffusionPipeline

from models.training.common import MODELS
from models.training.export import forget_origin

FILES = sorted(path for path in MODELS.rglob("*.json") if path.is_relative_to(MODELS) and "training" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODELS)))
def test_no_shipped_file_names_a_folder_of_the_machine_that_made_it(path):
    assert str(MODELS) not in path.read_text()
    assert "_name_or_path" not in path.read_text()


def test_what_is_left_out_of_a_configuration_is_not_missed(tmp_path):
    pipe = StableDiffusionPipeline.from_pretrained(MODELS / "solids", safety_checker=None)
    pipe.save_pretrained(tmp_path)
    before = json.loads((tmp_path / "unet" / "config.json").read_text())
    forget_origin(tmp_path)
    after = json.loads((tmp_path / "unet" / "config.json").read_text())
    assert before.pop("_name_or_path")
    assert after == before
    StableDiffusionPipeline.from_pretrained(tmp_path, safety_checker=None)
