#!/bin/sh
# A persistent command: one line of JSON comes in for each sample, one line of JSON goes out. In Python:
#
#   for line in sys.stdin:
#       sample = json.loads(line)      # id, path, config, statistics, files
#       print(json.dumps({"statistics": {…}}), flush=True)
#
# A shell has no JSON; to find the sample's folder, the second thing in the line, cutting is enough here.
set -eu

while IFS= read -r line; do
  folder=$(printf '%s\n' "$line" | sed 's/^[^,]*,"path":"\([^"]*\)".*/\1/')
  awk -F, 'NR > 1 {
    if ($2 < lowest) lowest = $2
    rest = $1
  }
  END { printf "{\"statistics\": {\"overshoot\": %.6f, \"time_to_rest\": %.2f}}\n", -lowest, rest }' \
    "$folder/trajectory.csv" # m, s
done
