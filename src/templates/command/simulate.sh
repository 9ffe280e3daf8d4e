#!/bin/sh
# A mass on a spring with friction, from rest at 0.1 m, until it is still. Writes time, position and speed of every step
# into trajectory.csv; what is printed goes into the task's log.
set -eu
stiffness=$1 # N/m
mass=$2      # kg

awk -v k="$stiffness" -v m="$mass" 'BEGIN {
  friction = 1.5; step = 0.01; x = 0.1; v = 0 # N·s/m, s, m, m/s
  print "time,x,v"
  for (t = 0; t < 60; t += step) {
    v += step * (-k * x - friction * v) / m
    x += step * v
    printf "%.2f,%.6f,%.6f\n", t, x, v
    if (x * x < 1e-10 && v * v < 1e-10) { rest = t; break }
  }
  # Exit status 3: not at rest in time.
  exit (rest > 0 ? 0 : 3)
}' > trajectory.csv || {
  # An issue: this sample cannot go on, and nothing is wrong with the program. The other samples go on.
  echo '{"issue": "did not come to rest"}' > "$PIPE_RESULT"
  exit 0
}

echo "came to rest after $(($(wc -l < trajectory.csv) - 1)) steps"
