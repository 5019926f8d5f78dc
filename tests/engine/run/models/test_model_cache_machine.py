"""Any order of leases, releases, foreign use and injected failures keeps the cache's rules (hypothesis)."""

from collections import Counter
from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.run.models.cache import RAM, ModelCache
from engine.run.models.device import Reference
from engine.run.models.errors import ModelInUseError, ModelMemoryError
from engine.run.models.simulated import FakeDevice, FakeModel

SIZES = {"a": 1, "b": 20, "c": 33, "d": 40, "e": 55, "f": 101, "empty": 0}
SIZE = 100
references = st.sampled_from(sorted(SIZES))
leases = st.lists(references, max_size=3)


class Leases(RuleBasedStateMachine):
    """One cache, and beside it a plain count of who should be leased."""

    @initialize(
        unified=st.booleans(),
        device_bytes=st.none() | st.integers(0, 120),
        host_bytes=st.integers(0, 150),
        margin=st.sampled_from([0, 10]),
    )
    def start(self, unified: bool, device_bytes: int | None, host_bytes: int, margin: int) -> None:
        self.device = FakeDevice(SIZE, unified=unified)
        self.built: list[FakeModel] = []
        self.open: list[tuple[ExitStack, tuple[FakeModel, ...], tuple[int, ...]]] = []
        self.margin = margin
        self.seconds = 0.0
        budget = SIZE - margin if device_bytes is None else device_bytes
        self.device_bytes = min(budget, host_bytes) if unified else budget
        self.host_bytes = host_bytes
        self.cache = ModelCache(
            self.device,
            self.build,
            device_bytes=device_bytes,
            host_bytes=host_bytes,
            margin=margin,
            clock=self.clock,
        )

    def clock(self) -> float:
        self.seconds += 1.0
        return self.seconds

    def build(self, reference: Reference) -> FakeModel:
        self.seconds += len(self.built) % 7
        model = FakeModel(reference, SIZES[str(reference)], self.device)
        self.built.append(model)
        return model

    def held(self) -> Counter[Reference]:
        return Counter(r for _, modules, _ in self.open for r in {m.reference for m in modules})

    def fits(self, wanted: list[str]) -> bool:
        """Whether these fit beside what is leased, everything else gone."""
        need = sum(SIZES[name] for name in {*wanted, *map(str, self.held())})
        new = {name for name in wanted if self.place(name) != self.device.name}
        room = SIZE - self.device.foreign - self.margin
        return not new or (need <= self.device_bytes and need <= room)

    def place(self, name: str) -> str | None:
        return next((r.place for r in self.cache.stats() if r.reference == name), None)

    @rule(wanted=leases)
    def lease(self, wanted: list[str]) -> None:
        injected = self.device.fail_at is not None
        expected = self.fits(wanted)
        resident = {r.reference for r in self.cache.stats()}
        waiting = [m for m in self.built if m.on_device and m.reference in wanted]
        moves = [model.moves for model in waiting]
        loads = self.cache.loads
        stack = ExitStack()
        try:
            modules = stack.enter_context(self.cache.lease(*wanted))
        except ModelMemoryError as error:
            assert injected or not expected
            asked = {SIZES[name] for name in wanted}
            assert error.needed in asked  # noqa: PT017
            return
        except RuntimeError:
            # A unified device builds in its own memory, so there it is the builder that may run out.
            assert self.device.unified
            return
        assert expected
        assert self.cache.loads - loads == len({*wanted} - resident)
        assert [model.moves for model in waiting] == moves
        lent = tuple(module for module in modules if isinstance(module, FakeModel))
        assert [module.reference for module in lent] == wanted
        assert all(not module.closed for module in lent)
        assert all(self.place(name) == self.device.name for name in wanted)
        self.open.append((stack, lent, tuple(module.moves for module in lent)))

    @precondition(lambda self: self.open)
    @rule(choice=st.integers(0, 10))
    def release(self, choice: int) -> None:
        stack, _, _ = self.open.pop(choice % len(self.open))
        stack.close()

    @rule(nbytes=st.integers(0, 60))
    def other_programs(self, nbytes: int) -> None:
        room = SIZE - self.device.used - self.device.slack
        self.device.foreign = min(nbytes, room)

    @rule(nth=st.integers(1, 4))
    def inject(self, nth: int) -> None:
        self.device.fail_at = nth

    @rule(name=references)
    def unload(self, name: str) -> None:
        if self.held()[name]:
            with pytest.raises(ModelInUseError):
                self.cache.unload(name)
        else:
            was_there = self.place(name) is not None
            assert self.cache.unload(name) == was_there

    @rule()
    def evict_all(self) -> None:
        self.cache.evict_all()
        assert {r.reference for r in self.cache.stats() if r.place == self.device.name} == set(self.held())

    @invariant()
    def the_books_agree(self) -> None:
        stats = self.cache.stats()
        alive = [model for model in self.built if not model.closed]
        assert sorted(str(r.reference) for r in stats) == sorted(str(m.reference) for m in alive)
        for resident in stats:
            (model,) = [m for m in alive if m.reference == resident.reference]
            assert model.on_device == (0 if resident.place == RAM else model.nbytes)
        on_device = sum(r.nbytes for r in stats if r.place == self.device.name)
        assert on_device == self.device.used == sum(m.on_device for m in self.built)

    @invariant()
    def nothing_leaks_or_is_closed_twice(self) -> None:
        assert self.cache.loads == len(self.built)
        assert all(model.closed in (0, 1) for model in self.built)
        assert all(model.on_device == 0 for model in self.built if model.closed)

    @invariant()
    def budgets_are_kept(self) -> None:
        stats = self.cache.stats()
        assert sum(r.nbytes for r in stats if r.place == self.device.name) <= self.device_bytes
        assert sum(r.nbytes for r in stats if r.place == RAM) <= self.host_bytes

    @invariant()
    def pins_are_exact(self) -> None:
        assert {r.reference: r.leases for r in self.cache.stats() if r.leases} == self.held()

    @invariant()
    def what_is_leased_has_not_moved(self) -> None:
        for _, modules, moves in self.open:
            assert tuple(module.moves for module in modules) == moves
            assert not any(module.closed for module in modules)

    def teardown(self) -> None:
        for stack, _, _ in self.open:
            stack.close()
        self.cache.close()
        assert self.device.used == 0


def test_any_order_of_leases_releases_and_failures_keeps_the_rules() -> None:
    run_state_machine_as_test(Leases, settings=settings(max_examples=150, stateful_step_count=30, deadline=None))
