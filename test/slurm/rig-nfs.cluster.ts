// The machine with a real NFS, seen to be one: names that stay unseen, a cable that is pulled, and Slurm and our executable
// at home in it.
import { expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { programsOfMachine, runOnNfs } from "../support/slurm/uml/machine.ts";

const script = `
set -e
on login sh -c 'cat /run/place/files/greeting > $SHARED/greeting; $PIPE --version > $LEAVE/version'

# A name that was looked for before it was there, from a host that did not make it.
look() { if on n1 test -e $SHARED/late; then echo "$1: seen"; else echo "$1: not seen"; fi; }
on n1 ls $SHARED > /dev/null # what it knows of the folder is fresh, and believed for half a minute
look before
on login touch $SHARED/late
look after
on n1 ls $SHARED > /dev/null
look "after its folder was opened"

# A job that writes as ours do, on a host whose cable is pulled.
on login sbatch -w n2 --output=$SHARED/job --wrap "cat $SHARED/greeting; hostname; while true; do dd if=/dev/zero of=$SHARED/beats bs=1 count=1 oflag=append conv=notrunc,fsync; sleep 0.1; done 2> /dev/null"
beats() { stat -c %s /run/exported/beats; }
more_than() { [ "$(beats)" -gt "$1" ]; }
wait_for "the first beat" more_than 0
cut_off n2
sleep 1 # what is on its way arrives
stopped=$(beats)
sleep 3
echo "cut off: $(($(beats) - stopped)) beats"
heal n2
wait_for "it beats again" more_than "$stopped"
echo healed
head -2 /run/exported/job
on login squeue -h -o "%T on %N"
`;

for (const nfs of ["4.2", "3"] as const) {
  clusterTest(programsOfMachine)(
    `NFS ${nfs}: three clients that see late, and one that is cut off`,
    async () => {
      const run = await runOnNfs({ nfs, script, files: { greeting: "from the login node\n" }, seconds: 180 });
      expect(run.output.replace(/^Submitted batch job 1\n/m, "")).toBe(
        [
          "before: not seen",
          "after: not seen",
          "after its folder was opened: seen",
          "cut off: 0 beats",
          "healed",
          "from the login node",
          "n2",
          "RUNNING on n2",
          "",
        ].join("\n"),
      );
      expect(run.status).toBe(0);
      expect(run.left.version).toMatch(/^pipe \d/);
    },
  );
}
