#!/bin/sh
# Over the whole dataset: the lengths of all trajectories in one file. Runs in the dataset's folder.
set -eu
dataset=$1

cd "$dataset"
wc -l [0-9]*/trajectory.csv > trajectories.txt
