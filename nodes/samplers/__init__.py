"""Samplers: from noise to a latent, by asking a model for what it believes the clean latent to be.

No sampler knows a model family. `contract` says what travels between them, `steps` holds the step rules,
`sigmas` the tables of noise levels, `noise` the seeds and `masking` the latents that keep a part of what
they were.
"""
