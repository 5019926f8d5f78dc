"""Model families: adapters that make a model's own parts into what samplers and nodes ask for.

`facts` says, without torch, what a file or folder is; `load` makes a part of it; `protocol` is what a
family must offer.
"""
