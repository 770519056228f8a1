"""Benchmarks: speed as ratios to a bare baseline in the same run, never as seconds of one machine."""
