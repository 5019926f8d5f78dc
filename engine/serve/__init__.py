"""What a server is below HTTP, on asyncio: `Service` is all of it in one object.

`Dispatcher` takes runs out of the queue and feeds the workers, `ClerkDesk` asks the clerk, `Events` passes on what happens.
Neither packs nor torch are imported here: they live in the children (`engine.worker`).
"""
