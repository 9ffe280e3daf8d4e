#!/bin/sh
# Random values of one sample. PIPE_SEED is a number that belongs to this sample and this block: the same on every
# machine and in every run.
set -eu

awk -v seed="$PIPE_SEED" '
# Park and Miller 1988, https://doi.org/10.1145/63039.63042: unlike rand(), the same in every awk.
function uniform(low, high) {
  state = (state * 16807) % 2147483647
  return low + (high - low) * state / 2147483647
}
BEGIN {
  state = seed % 2147483646 + 1
  stiffness = uniform(50, 200) # N/m
  mass = uniform(0.5, 1.5)     # kg
  printf "{\"config\": {\"stiffness\": %.3f, \"mass\": %.3f}}\n", stiffness, mass
}' > "$PIPE_RESULT"
