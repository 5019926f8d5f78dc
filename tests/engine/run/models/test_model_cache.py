"""Laws of the model cache, told with a simulated device: who is where, who leaves, what a refusal says."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.run.models.cache import ModelCache, Resident
from engine.run.models.device import Reference
from engine.run.models.errors import ModelInUseError, ModelMemoryError, WrongThreadError
from engine.run.models.simulated import FakeDevice, FakeModel

GB = 10**9


class Bench:
    """A cache over a simulated device; a model's name says its size and seconds: `a:4:2` is 4 GB, 2 s."""

    def __init__(self, size: int = 10 * GB, *, unified: bool = False, **options: Any) -> None:
        self.device = FakeDevice(size, unified=unified)
        self.built: list[FakeModel] = []
        self.now = 0.0
        self.broken: Callable[[Reference], object] | None = None
        merged: dict[str, Any] = {"margin": 0, "host_bytes": 100 * GB, "clock": lambda: self.now} | options
        self.cache = ModelCache(self.device, self.build, **merged)

    def build(self, reference: Reference) -> FakeModel:
        if self.broken:
            self.broken(reference)
        _, size, seconds = str(reference).split(":")
        self.now += float(seconds)
        self.built.append(FakeModel(reference, int(float(size) * GB), self.device))
        return self.built[-1]

    def use(self, *references: str) -> None:
        with self.cache.lease(*references):
            pass

    def places(self) -> dict[str, str]:
        return {str(resident.reference): resident.place for resident in self.cache.stats()}


def test_a_leased_model_is_on_the_device_and_is_lent_in_the_order_asked_for() -> None:
    bench = Bench()
    with bench.cache.lease("vae:1:1", "unet:4:1") as (vae, unet):
        assert isinstance(vae, FakeModel)
        assert isinstance(unet, FakeModel)
        assert (vae.reference, unet.reference) == ("vae:1:1", "unet:4:1")
        assert (vae.on_device, unet.on_device) == (1 * GB, 4 * GB)


def test_a_model_is_built_once_however_often_it_is_leased() -> None:
    bench = Bench()
    with (
        bench.cache.lease("a:1:1", "a:1:1") as (first, second),
        bench.cache.lease("a:1:1") as (third,),
    ):
        assert first is second is third
        assert bench.cache.stats()[0].leases == 2
    bench.use("a:1:1")
    assert bench.cache.loads == 1
    assert bench.cache.stats()[0].leases == 0


def test_what_does_not_fit_goes_to_ram_and_comes_back_without_being_built_again() -> None:
    bench = Bench()
    bench.use("a:6:1")
    bench.use("b:6:1")
    assert bench.places() == {"b:6:1": "fake:0", "a:6:1": "ram"}
    bench.use("a:6:1")
    assert bench.places() == {"a:6:1": "fake:0", "b:6:1": "ram"}
    assert bench.cache.loads == 2


def test_what_does_not_fit_in_ram_either_is_closed() -> None:
    bench = Bench(host_bytes=5 * GB)
    bench.use("a:6:1")
    bench.use("b:6:1")
    assert bench.places() == {"b:6:1": "fake:0"}
    assert [model.closed for model in bench.built] == [1, 0]


def test_the_model_that_is_quickest_to_bring_back_per_byte_leaves_first() -> None:
    bench = Bench(unified=True)
    bench.use("slow:4:40")
    bench.use("quick:4:1")
    bench.use("new:5:5")
    assert bench.places() == {"slow:4:40": "fake:0", "new:5:5": "fake:0"}


def test_a_dear_model_that_is_no_longer_used_leaves_in_the_end() -> None:
    bench = Bench(unified=True)
    bench.use("dear:4:8")
    for turn in range(5):
        bench.use(f"cheap{turn}:6:6")
    assert bench.places() == {"cheap4:6:6": "fake:0"}


def test_ram_keeps_what_takes_longest_to_build_per_byte_and_small_ones_beside_a_large_one() -> None:
    bench = Bench(host_bytes=9 * GB)
    for name in ("small:2:1", "large:8:2", "dear:6:60", "last:10:1"):
        bench.use(name)
    assert bench.places() == {"last:10:1": "fake:0", "small:2:1": "ram", "dear:6:60": "ram"}


def test_a_leased_model_never_moves_for_another() -> None:
    bench = Bench()
    with bench.cache.lease("a:6:0") as (module,):
        assert isinstance(module, FakeModel)
        with pytest.raises(ModelMemoryError), bench.cache.lease("b:6:9"):
            pass
        assert (module.on_device, module.moves) == (6 * GB, 1)
    bench.use("b:6:9")
    assert bench.places()["b:6:9"] == "fake:0"


def test_models_of_one_lease_do_not_push_each_other_out() -> None:
    bench = Bench()
    bench.use("a:6:1")
    bench.use("b:4:9")
    bench.use("c:9:9")
    with bench.cache.lease("b:4:9", "a:6:1") as (b, a):
        assert isinstance(b, FakeModel)
        assert isinstance(a, FakeModel)
        assert (b.on_device, a.on_device) == (4 * GB, 6 * GB)
    assert bench.cache.loads == 3


def test_a_model_of_the_lease_that_is_there_already_is_not_sent_away_for_the_others() -> None:
    bench = Bench()
    bench.use("cheap:4:1")
    bench.use("dear:4:90")
    bench.use("new:4:9", "cheap:4:1")
    assert bench.places() == {"cheap:4:1": "fake:0", "new:4:9": "fake:0", "dear:4:90": "ram"}
    assert bench.built[0].moves == 1


def test_the_budget_of_ram_holds_in_the_middle_of_a_lease_too() -> None:
    bench = Bench(size=20 * GB, host_bytes=10 * GB)
    for name in ("waiting:6:1", "oldest:10:90", "old:10:90"):
        bench.use(name)
    bench.use("new:10:1", "waiting:6:1")
    assert bench.places() == {"new:10:1": "fake:0", "waiting:6:1": "fake:0", "old:10:90": "ram"}


def test_using_a_model_again_makes_it_worth_more() -> None:
    bench = Bench(unified=True)
    for name in ("a:4:4", "used_again:4:6", "b:4:4", "used_again:4:6", "c:4:4"):
        bench.use(name)
    assert bench.places() == {"used_again:4:6": "fake:0", "c:4:4": "fake:0"}


def test_a_refusal_names_the_need_the_room_and_the_holders() -> None:
    bench = Bench(size=8 * GB, describe=lambda reference: str(reference).split(":")[0])
    bench.device.foreign = GB // 2
    with (
        bench.cache.lease("text_encoder:0.3:1", "vae:2:1"),
        pytest.raises(ModelMemoryError) as refusal,
        bench.cache.lease("unet:7.1:1"),
    ):
        pass
    assert str(refusal.value) == (
        "unet needs 7.1 GB, 5.2 GB free of 8 GB on fake:0;"
        " held by vae (2 GB, in use), text_encoder (300 MB, in use), all else (500 MB)"
    )
    assert (refusal.value.needed, refusal.value.free) == (7_100_000_000, 5_200_000_000)


def test_a_lease_that_cannot_fit_sends_nobody_away() -> None:
    bench = Bench()
    bench.use("a:4:1")
    with pytest.raises(ModelMemoryError), bench.cache.lease("huge:11:1"):
        pass
    assert bench.places() == {"a:4:1": "fake:0", "huge:11:1": "ram"}


def test_the_margin_stays_free_beside_the_weights_and_other_programs() -> None:
    bench = Bench(margin=2 * GB)
    bench.device.foreign = 3 * GB
    bench.use("a:5:1")
    bench.use("b:1:1")
    assert bench.places() == {"b:1:1": "fake:0", "a:5:1": "ram"}
    with pytest.raises(ModelMemoryError), bench.cache.lease("c:5.5:1"):
        pass


def test_a_given_budget_is_kept_though_the_device_has_more() -> None:
    bench = Bench(size=100 * GB, device_bytes=5 * GB)
    bench.use("a:3:1")
    bench.use("b:3:1")
    assert bench.places() == {"b:3:1": "fake:0", "a:3:1": "ram"}


def test_memory_that_an_allocator_keeps_is_asked_back_before_anyone_leaves() -> None:
    bench = Bench()
    bench.use("a:6:1")
    bench.use("b:3:1")
    bench.cache.unload("b:3:1")
    assert bench.device.slack == 3 * GB
    bench.use("c:3:1")
    assert bench.places() == {"a:6:1": "fake:0", "c:3:1": "fake:0"}


def test_a_lease_that_fits_asks_nothing_of_the_allocator() -> None:
    bench = Bench()
    bench.use("a:6:1")
    bench.cache.unload("a:6:1")
    bench.use("b:4:1")
    assert bench.device.slack == 6 * GB


def test_a_lease_is_refused_when_what_was_freed_is_gone_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.use("a:6:1")

    def trim_for_another_program() -> None:
        bench.device.foreign += bench.device.slack
        bench.device.slack = 0

    monkeypatch.setattr(bench.device, "trim", trim_for_another_program)
    with pytest.raises(ModelMemoryError, match=r"4 GB free of 10 GB on fake:0; held by all else \(6 GB\)$"):
        bench.use("b:5:1")
    assert bench.places() == {"a:6:1": "ram", "b:5:1": "ram"}


def test_on_a_unified_device_one_budget_counts_and_nothing_moves() -> None:
    bench = Bench(unified=True, device_bytes=9 * GB, host_bytes=5 * GB)
    bench.use("a:3:1")
    bench.use("b:3:1")
    assert bench.places() == {"b:3:1": "fake:0"}
    assert (bench.built[0].closed, bench.device.used) == (1, 3 * GB)
    with pytest.raises(ModelMemoryError), bench.cache.lease("c:6:1"):
        pass
    assert (bench.built[-1].closed, bench.places()) == (1, {"b:3:1": "fake:0"})


def test_running_out_while_moving_brings_the_halves_back_and_says_who_holds_what() -> None:
    bench = Bench()
    bench.use("a:2:1")
    bench.device.fail_at = 2
    with pytest.raises(ModelMemoryError, match=r"^b:4:1 needs 4 GB, .*held by a:2:1 \(2 GB\)"):
        bench.use("b:4:1")
    assert bench.places() == {"a:2:1": "fake:0", "b:4:1": "ram"}
    assert bench.device.used == 2 * GB
    bench.use("b:4:1")
    assert bench.cache.loads == 2


def test_a_build_that_fails_leaves_nothing_pinned_and_its_error_as_it_was() -> None:
    bench = Bench()
    bench.use("a:1:1")

    def fail(reference: Reference) -> None:
        raise ValueError("no such file")

    bench.broken = fail
    with pytest.raises(ValueError, match=r"^no such file$"), bench.cache.lease("a:1:1", "b:1:1"):
        pass
    assert [(r.reference, r.leases) for r in bench.cache.stats()] == [("a:1:1", 0)]
    assert bench.cache.loads == 1


def test_an_error_inside_a_lease_ends_the_lease() -> None:
    bench = Bench()
    with pytest.raises(KeyError), bench.cache.lease("a:1:1"):
        raise KeyError("a node's own error")
    assert bench.cache.stats()[0].leases == 0


def test_a_model_that_cannot_be_moved_to_ram_is_closed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    bench.use("a:6:1")

    def fail() -> None:
        raise MemoryError

    monkeypatch.setattr(bench.built[0], "to_host", fail)
    with caplog.at_level(logging.WARNING):
        bench.use("b:6:1")
    assert bench.places() == {"b:6:1": "fake:0"}
    assert bench.built[0].closed == 1
    assert "a:6:1 could not be moved to RAM" in caplog.text


def test_evict_all_frees_the_device_but_for_what_is_leased() -> None:
    bench = Bench()
    bench.use("a:2:1")
    with bench.cache.lease("b:2:1"):
        bench.cache.evict_all()
        assert bench.places() == {"b:2:1": "fake:0", "a:2:1": "ram"}
    assert (bench.device.used, bench.device.slack) == (2 * GB, 0)


def test_unload_closes_a_model_wherever_it_is_but_not_a_leased_one() -> None:
    bench = Bench()
    bench.use("a:6:1")
    with bench.cache.lease("b:6:1"):
        with pytest.raises(ModelInUseError, match=r"^b:6:1 is in use"):
            bench.cache.unload("b:6:1")
        assert bench.cache.unload("a:6:1")
        assert not bench.cache.unload("a:6:1")
    assert bench.cache.unload("b:6:1")
    assert bench.cache.stats() == ()
    assert [model.closed for model in bench.built] == [1, 1]


def test_close_closes_all_or_while_one_is_leased_none() -> None:
    bench = Bench()
    bench.use("a:6:1")
    with (
        bench.cache.lease("b:6:1"),
        pytest.raises(ModelInUseError, match=r"^models are in use: b:6:1$"),
    ):
        bench.cache.close()
    assert len(bench.cache.stats()) == 2
    bench.cache.close()
    assert [model.closed for model in bench.built] == [1, 1]
    assert bench.device.used == 0


def test_stats_say_size_idle_time_and_what_loading_took() -> None:
    bench = Bench()
    bench.use("a:6:3")
    bench.now += 7
    assert bench.cache.stats() == (Resident("a:6:3", "fake:0", 6 * GB, 0, 7.0, 3.0),)


def test_a_model_is_idle_since_its_last_lease_ended() -> None:
    bench = Bench()
    with bench.cache.lease("a:6:3"):
        bench.now += 60
    bench.now += 5
    assert bench.cache.stats()[0].idle_seconds == 5.0


def test_moving_in_counts_as_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()

    def allocate(nbytes: int) -> None:
        bench.now += 2
        bench.device.used += nbytes

    monkeypatch.setattr(bench.device, "allocate", allocate)
    bench.use("a:1:3")
    assert bench.cache.seconds_loading == 3.0 + 2 * 2


def test_the_seconds_of_loading_add_up_and_a_hit_adds_none() -> None:
    bench = Bench()
    bench.use("a:1:3", "b:1:4")
    bench.use("a:1:3")
    assert bench.cache.seconds_loading == 7.0


def test_only_the_owning_thread_may_lease_and_another_may_adopt() -> None:
    bench = Bench()
    bench.use("a:1:1")
    errors: list[BaseException] = []

    def elsewhere() -> None:
        try:
            bench.use("a:1:1")
        except WrongThreadError as error:
            errors.append(error)
        assert len(bench.cache.stats()) == 1
        bench.cache.adopt()
        bench.use("a:1:1")

    thread = threading.Thread(target=elsewhere, name="worker-7")
    thread.start()
    thread.join()
    assert "one thread only, and this is another (worker-7)" in str(errors[0])
    with pytest.raises(WrongThreadError):
        bench.use("a:1:1")
    assert bench.cache.stats()[0].leases == 0


def test_a_cache_with_open_leases_is_not_adopted() -> None:
    bench = Bench()
    with bench.cache.lease("a:1:1"), pytest.raises(ModelInUseError):
        bench.cache.adopt()
