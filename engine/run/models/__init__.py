"""Which models are in memory, and where: leases over a device and RAM, each with a budget in bytes.

`device` says what the rest relies on (a device, a loaded model, a reference), `tier` who is where and whom to
send away, `cache` is the only one that moves anything; `torch_device` has the real devices, `simulated` one
for tests. The engine knows no model family: whoever makes a `ModelCache` hands it a function that builds a
reference's model.

What is to come has its place:

- Streaming a model that is larger than the device: `ModelCache._make_room` is where it turns out not to fit;
  a model moved in parts is a `Loaded` that can say how much of it is on the device.
- Recovery from running out of memory: `ModelCache._move_in` sees it (`Device.ran_out`), for weights; the
  ladder (trim, evict all, half of the own weights, smaller work) goes around a lease, and each rung there is
  a call that exists.
- Learned reservations for a node's working memory: `margin` is one number today; it becomes a lease's own
  argument.
"""
