"""Better pictures by better noise: what a sampler starts from is changed until rewards like what comes out.

`picture` makes a picture of noise, `objective` scores it and finds the slope of the scores in the noise, `methods` say
which noise to try next and `search` tries it. `recompute` and `forecast` are about memory, `pace` about time, `recipe` about
what is alike, `health` about what distinguishes noise from what is none, `spectrum` keeps it white, `trace` tells it all as
JSON.
"""
