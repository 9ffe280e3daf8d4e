// `pipe doctor` where launcher and nodes are clients of a real NFS: names are learnt late there, and what is staged has to
// come over the wire.
import { expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { programsOfMachine, runOnNfs } from "../support/slurm/uml/machine.ts";

const toml = `[executor.slurm]
kind = "slurm"
partition = "main"
worker_init = ["echo from init on $(hostname)"]
[[block]]
name = "Mesh"
command = ["sh", "-c", "true"]
`;

const script = `
on login sh -c 'mkdir $SHARED/project && cp /run/place/files/pipe.toml $SHARED/project/'
for i in 1 2; do
  on login sh -c 'cd $SHARED/project && $PIPE doctor --json > $LEAVE/shared.json 2> /dev/null'; echo "shared: $?"
done
on login sh -c 'mkdir /run/own && cd /run/own && cp /run/place/files/pipe.toml . && $PIPE doctor --json > $LEAVE/again.json --data_path $SHARED/project/data 2> /dev/null'; echo "again: $?"
on login ls $SHARED/project/data/runinfo
on login squeue -h -t pending,running
`;

for (const nfs of ["4.2", "3"] as const) {
  clusterTest(programsOfMachine)(
    `NFS ${nfs}: a probe there and back`,
    async () => {
      const run = await runOnNfs({ nfs, script, files: { "pipe.toml": toml }, seconds: 240 });
      expect(run.output).toBe("shared: 0\nshared: 0\nagain: 0\nbin\n");
      const told = JSON.parse(run.left["shared.json"] ?? "{}");
      expect(told.places.at(-1)).toMatchObject({
        outcome: "answered",
        node: expect.stringMatching(/^n[12]$/),
        filesystem: "nfs",
      });
      const trips: readonly number[] = told.places.at(-1).round_trip_seconds;
      expect(trips).toHaveLength(3);
      // Listing the folder first makes the server be asked: without, it is half a minute.
      expect(Math.max(...trips)).toBeLessThan(10);
    },
    300_000,
  );
}
