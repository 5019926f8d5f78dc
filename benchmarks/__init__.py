"""Figures as ratios against named peers, measured in one run and printed as tables. Timing decides no test."""
