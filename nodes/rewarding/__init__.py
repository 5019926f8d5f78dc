"""Rewards: what scores pictures, differentiably.

`contract` says what a score is, `build` makes scores of the recipes that travel along edges, `plain` holds those that
need no model, `regions` the parts of a picture, `clip` the scores by CLIP and SigLIP models.
"""
