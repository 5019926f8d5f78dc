"""Digests of files, folders and models: same content same name, other content another, and little is read."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.store import fingerprint
from engine.store.errors import AssetError, WeightsError
from engine.store.fingerprint import Fingerprints, fingerprint_of_weights

Write = Callable[..., Path]


def test_a_file_is_named_by_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"meow")
    assert Fingerprints().file(tmp_path / "cat.png") == hashlib.sha256(b"meow").hexdigest()


def test_a_folder_is_named_by_the_names_and_contents_in_it(tmp_path: Path) -> None:
    def folder(name: str, **files: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        for file, text in files.items():
            path = tmp_path / name / file.replace("_", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Fingerprints().folder(tmp_path / name)

    digest, files = folder("one", b="1", a="2", sub_c="3")
    assert [name for name, _ in files] == ["a", "b", "sub/c"]
    assert files[0][1] == hashlib.sha256(b"2").hexdigest()
    assert folder("copy", sub_c="3", a="2", b="1")[0] == digest
    (tmp_path / "copy" / ".DS_Store").write_text("hidden")
    assert folder("copy")[0] == digest
    others = [
        folder("x", b="1", a="2")[0],
        folder("y", b="2", a="1", sub_c="3")[0],
        folder("z", b="1", a="2", c="3")[0],
    ]
    assert len({digest, *others}) == 4


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    inner = tmp_path / "folder"
    inner.mkdir()
    (inner / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(AssetError, match="leads out of"):
        Fingerprints().folder(inner)


def test_a_circle_of_folders_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("1")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    assert [name for name, _ in Fingerprints().folder(tmp_path)[1]] == ["a/file"]


def test_a_copy_of_a_model_has_its_fingerprint_and_its_name_does_not_matter(weights: Write) -> None:
    assert fingerprint_of_weights(weights("a.safetensors")) == fingerprint_of_weights(weights("b.safetensors"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(which=st.sampled_from(["large", "small", "tiny"]), scale=st.floats(-2, 2).filter(lambda x: abs(x - 1) > 1e-3))
def test_a_tensor_that_was_trained_changes_the_fingerprint(weights: Write, which: str, scale: float) -> None:
    random = np.random.default_rng(7)
    tensors: dict[str, Any] = {
        "large": random.normal(size=(64, 64)).astype(np.float32),
        "small": random.normal(size=40).astype(np.float32),
        "tiny": np.ones((), np.float32),
    }
    before = fingerprint_of_weights(weights("m.safetensors", **tensors))
    tensors[which] = np.asarray(tensors[which] * np.float32(scale))
    assert fingerprint_of_weights(weights("m.safetensors", **tensors)) != before


def test_name_shape_and_type_are_part_of_the_fingerprint(weights: Write) -> None:
    zeros = np.zeros((4, 6), np.float32)
    variants: list[dict[str, Any]] = [
        {"a": zeros},
        {"b": zeros},
        {"a": zeros.reshape(6, 4)},
        {"a": zeros.view(np.int32)},
    ]
    assert len({fingerprint_of_weights(weights("m.safetensors", **tensors)) for tensors in variants}) == 4


def test_little_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.safetensors"
    raw = b'{"w":{"dtype":"U8","shape":[4000000000],"data_offsets":[0,4000000000]}}'
    with path.open("wb") as file:
        file.write(len(raw).to_bytes(8, "little") + raw)
        file.truncate(8 + len(raw) + 4_000_000_000)
    read: list[int] = []
    real = blake3

    class Counting:
        def __init__(self, data: bytes) -> None:
            self.inner = real(data)

        def update(self, data: bytes) -> None:
            read.append(len(data))
            self.inner.update(data)

        def hexdigest(self) -> str:
            return str(self.inner.hexdigest())

    monkeypatch.setattr(fingerprint, "blake3", Counting)
    fingerprint_of_weights(path)
    assert sum(read) == len(raw) + 3 * fingerprint.SAMPLE


def test_a_model_folder_is_its_weights_and_its_small_texts(weights: Write, tmp_path: Path) -> None:
    def write(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    def name(folder: str) -> str:
        return Fingerprints().model(tmp_path / folder)

    for folder in ("m", "copy"):
        weights(f"{folder}/unet/model.safetensors")
        write(f"{folder}/model_index.json", "{}")
        write(f"{folder}/README.md", folder)
    assert name("m") == name("copy")
    seen = {name("m")}
    write("m/tokenizer/merges.txt", "a b")
    seen.add(name("m"))
    write("m/model_index.json", "{ }")
    seen.add(name("m"))
    weights("m/unet/model.safetensors", a=np.ones(3))
    seen.add(name("m"))
    weights("m/vae/model.safetensors")
    seen.add(name("m"))
    assert len(seen) == 5


def test_a_broken_file_in_a_model_folder_is_named(weights: Write, tmp_path: Path) -> None:
    path = weights("m/unet/model.safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WeightsError, match=r"unet/model\.safetensors is cut short"):
        Fingerprints().model(tmp_path / "m")


def test_a_file_is_read_again_only_when_it_may_have_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    real = fingerprint.sha256_of

    def counted(path: Path) -> str:
        reads.append(path)
        return real(path)

    monkeypatch.setattr(fingerprint, "sha256_of", counted)
    path = tmp_path / "file"
    path.write_text("one")
    young = path.stat().st_ctime_ns
    clock = iter([young + 1, young + fingerprint.YOUNG + 1, *[young * 2] * 9])
    digests = Fingerprints(now=lambda: next(clock))
    assert digests.file(path) == digests.file(path)
    assert len(reads) == 2, "just written: its times can't tell a second change"
    digests.file(path)
    assert len(reads) == 2
    path.write_text("two")
    os.utime(path, ns=(young, young))
    assert digests.file(path) == hashlib.sha256(b"two").hexdigest()
