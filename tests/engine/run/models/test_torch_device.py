"""The devices of this machine, and the sentences about those that aren't there."""

from pathlib import Path

import pytest

from engine.run.models import host
from engine.run.models.errors import DeviceError
from engine.run.models.host import available_memory, total_memory
from engine.run.models.torch_device import CpuDevice, MpsDevice, pick_device

torch = pytest.importorskip("torch")
CUDA = torch.cuda.is_available()


def test_the_processor_is_always_there_and_has_memory() -> None:
    device = pick_device("cpu")
    device.trim()
    device.synchronize()
    assert (device.name, device.kind, device.unified) == ("cpu", "cpu", True)
    assert 0 < device.free() <= device.total()
    device.reset_peak()
    assert device.peak() is None


def test_auto_is_an_accelerator_where_there_is_one() -> None:
    name = pick_device("auto").name
    assert name == ("cuda:0" if CUDA else "mps" if torch.backends.mps.is_available() else "cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:-1", "CPU", "cuda:0; rm", ""])
def test_an_unknown_device_is_told_what_names_there_are(name: str) -> None:
    with pytest.raises(DeviceError, match=r"is not known; there are: auto, cpu, cuda:N \(N = 0, 1, …\), mps$"):
        pick_device(name)


def test_a_device_that_is_not_there_is_told_what_is() -> None:
    with pytest.raises(DeviceError, match=r"^there is no cuda:99 here.*; there is: .*cpu$"):
        pick_device("cuda:99")


@pytest.mark.skipif(torch.version.cuda is not None, reason="this PyTorch has CUDA")
def test_a_pytorch_without_cuda_is_named_as_the_reason() -> None:
    with pytest.raises(DeviceError, match=r"this PyTorch, [^ ]+, is built without it"):
        pick_device("cuda")


@pytest.mark.skipif(not CUDA, reason="no NVIDIA GPU")
def test_a_gpu_counts_what_tensors_hold() -> None:
    device = pick_device("cuda:0")
    device.trim()
    before = device.free()
    held = torch.empty(64 << 20, dtype=torch.uint8, device="cuda:0")
    assert before - device.free() >= held.nbytes
    del held
    device.trim()
    assert device.free() >= before
    with pytest.raises(torch.OutOfMemoryError) as error:
        torch.empty(device.total() * 2, dtype=torch.uint8, device="cuda:0")
    assert device.ran_out(error.value)


@pytest.mark.skipif(not CUDA, reason="no NVIDIA GPU")
def test_a_gpu_tells_the_most_that_tensors_held_since_it_was_asked_to_count() -> None:
    device = pick_device("cuda:0")
    for megabytes in (64, 16):
        device.reset_peak()
        before = device.peak()
        held = torch.empty(megabytes << 20, dtype=torch.uint8, device="cuda:0")
        del held
        assert before is not None
        assert device.peak() == before + (megabytes << 20)


def test_each_device_knows_its_own_shortage_of_memory() -> None:
    with pytest.raises(RuntimeError) as shortage:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert CpuDevice().ran_out(shortage.value)
    assert CpuDevice().ran_out(MemoryError())
    assert not CpuDevice().ran_out(RuntimeError("shapes differ"))
    assert MpsDevice().ran_out(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert not MpsDevice().ran_out(RuntimeError("shapes differ"))


def test_a_container_has_only_what_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(host, "CGROUP_LIMIT", limit)
    limit.write_text("max\n")
    machine = total_memory()
    limit.write_text("123456789\n")
    assert total_memory() == 123456789 < machine
    assert available_memory() <= 123456789


def test_a_system_that_tells_nothing_is_taken_to_be_of_common_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "_pages", lambda name: None)
    monkeypatch.setattr(host, "_meminfo", lambda field: None)
    monkeypatch.setattr(host, "_container_limit", lambda: None)
    monkeypatch.setattr(host, "_windows_memory", lambda: (None, None))
    assert (total_memory(), available_memory()) == (8 << 30, 4 << 30)
