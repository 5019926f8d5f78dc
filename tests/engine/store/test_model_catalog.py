"""Which models there are: names, contents, and the sentences about what can't be used."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from engine.store.errors import StoreError, UnknownModelError, UnsafeModelError, WeightsError
from engine.store.models import ModelCatalog

Write = Callable[..., Path]


def kind(path: Path) -> Mapping[str, object]:
    if "strange" in path.name:
        raise StoreError(f"{path} is of no family that is known")
    return {"family": "folder" if path.is_dir() else "file"}


@pytest.fixture
def shelf(weights: Write, tmp_path: Path) -> Path:
    """Two model folders: `own` with a whole model, single files and a pickle; `other` with a hidden twin."""
    for index, name in enumerate(["own/solids/unet/w", "own/sd/dream", "own/dream", "other/dream", "other/far"]):
        weights(f"{name}.safetensors", w=np.full(9, index, np.float32))
    (tmp_path / "own/solids/model_index.json").write_text("{}")
    (tmp_path / "own/old.ckpt").write_bytes(b"\x80\x02")
    return tmp_path


def catalog(shelf: Path) -> ModelCatalog:
    return ModelCatalog([shelf / "own", shelf / "other", shelf / "absent"], kind)


def test_names_are_paths_below_the_folders_and_the_first_folder_wins(shelf: Path) -> None:
    paths = catalog(shelf).paths()
    assert list(paths) == ["dream", "far", "sd/dream", "solids"]
    assert paths["dream"] == shelf / "own/dream.safetensors"
    assert paths["solids"] == shelf / "own/solids"


def test_a_model_has_its_path_its_content_and_what_the_pack_says_of_it(shelf: Path) -> None:
    models = catalog(shelf)
    solids, dream = models.find("solids"), models.find("sd/dream")
    assert (solids.name, solids.path, solids.facts) == ("solids", shelf / "own/solids", {"family": "folder"})
    assert dream.facts == {"family": "file"}
    assert models.find("sd/dream.safetensors").path == dream.path
    assert len({model.fingerprint for model in models.models() if model.fault is None}) == 4


def test_a_file_beside_a_folder_of_its_name_is_named_with_its_extension(shelf: Path, weights: Write) -> None:
    weights("own/solids.safetensors")
    models = catalog(shelf)
    assert models.find("solids").path.is_dir()
    assert models.find("solids.safetensors").path.is_file()


def test_a_file_called_model_has_its_folders_name(shelf: Path, weights: Write) -> None:
    only = weights("own/up/times4/model.safetensors")
    beside, top = weights("own/dream/model.safetensors"), weights("own/model.safetensors")
    models = catalog(shelf)
    for name in ("up/times4", "up/times4/model", "up/times4/model.safetensors"):
        assert models.find(name).path == only
    assert models.find("dream").path == shelf / "own/dream.safetensors"
    assert models.find("dream/model.safetensors").path == beside
    assert models.find("model").path == top
    with pytest.raises(UnknownModelError):
        models.find("sd/dream/model")


def test_an_unknown_name_is_answered_with_what_there_is(shelf: Path) -> None:
    with pytest.raises(UnknownModelError) as error:
        catalog(shelf).find("solid")
    assert str(error.value).startswith("there is no model 'solid' in ")
    assert str(error.value).endswith("; there is: dream, far, sd/dream, solids")


@pytest.mark.parametrize("name", ["", "..", "../own/dream", "/etc/passwd", "sd", "a\0b", "x" * 5000, "\ud800"])
def test_no_name_leads_out_of_the_model_folders(shelf: Path, name: str) -> None:
    with pytest.raises(UnknownModelError):
        catalog(shelf).find(name)


@pytest.mark.parametrize("name", ["old", "old.ckpt"])
def test_a_pickle_gets_a_sentence_that_says_why_and_what_to_do(shelf: Path, name: str) -> None:
    with pytest.raises(UnsafeModelError, match=r"old\.ckpt, a pickle, which can run code.*put a \.safetensors"):
        catalog(shelf).find(name)


def test_a_folder_with_pickles_only_gets_that_sentence_too(shelf: Path) -> None:
    (shelf / "own/solids/unet/w.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"model 'solids' has no weights"):
        catalog(shelf).find("solids")
    (shelf / "own/solids/unet/w.bin").write_bytes(b"")
    with pytest.raises(UnsafeModelError, match=r"w\.bin, a pickle"):
        catalog(shelf).find("solids")


def test_what_cannot_be_used_is_listed_with_its_fault(shelf: Path, weights: Write) -> None:
    weights("own/strange.safetensors")
    broken = weights("own/broken.safetensors")
    broken.write_bytes(broken.read_bytes()[:-9])
    listed = {model.name: model for model in catalog(shelf).models()}
    assert isinstance(listed["broken"].fault, WeightsError)
    assert "no family" in str(listed["strange"].fault)
    assert isinstance(listed["old.ckpt"].fault, UnsafeModelError)
    assert {name for name, model in listed.items() if model.fault is None} == {"dream", "far", "sd/dream", "solids"}
    with pytest.raises(WeightsError):
        catalog(shelf).find("broken")


def test_a_model_is_found_by_content_wherever_it_has_gone(shelf: Path) -> None:
    models = catalog(shelf)
    wanted = models.find("sd/dream")
    assert catalog(shelf).by_fingerprint(wanted.fingerprint) == wanted.path
    moved = shelf / "other/renamed.safetensors"
    shutil.move(wanted.path, moved)
    assert models.by_fingerprint(wanted.fingerprint) == moved
    moved.unlink()
    with pytest.raises(UnknownModelError, match=f"fingerprint {wanted.fingerprint[:12]}"):
        models.by_fingerprint(wanted.fingerprint)


def test_a_model_that_was_replaced_is_not_taken_for_the_old_one(shelf: Path, weights: Write) -> None:
    models = catalog(shelf)
    before = models.find("far").fingerprint
    weights("other/far.safetensors", w=np.zeros(1000))
    assert models.find("far").fingerprint != before
    with pytest.raises(UnknownModelError):
        models.by_fingerprint(before)


def test_what_the_pack_says_is_asked_once_for_a_content(shelf: Path) -> None:
    asked: list[Path] = []

    def identify(path: Path) -> Mapping[str, object]:
        asked.append(path)
        return {}

    models = ModelCatalog([shelf / "own"], identify)
    models.find("dream")
    models.find("dream")
    assert asked == [shelf / "own/dream.safetensors"]


def test_a_link_to_a_model_elsewhere_is_followed(shelf: Path, weights: Write) -> None:
    weights("elsewhere/big/deep.safetensors")
    (shelf / "own/linked").symlink_to(shelf / "elsewhere")
    assert "linked/big/deep" in catalog(shelf).paths()
