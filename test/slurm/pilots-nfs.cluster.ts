// Pilots on a real NFS: login and two nodes are clients of their own, which see each other's work late and hear of a full disk only
// when they sync. What comes of a run is what comes of one on one machine.
import { expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { nastyProject } from "../support/slurm/nasty-pipeline.ts";
import { programsOfMachine, runOnNfs } from "../support/slurm/uml/machine.ts";

const onNfs = clusterTest(programsOfMachine);

/** `prepare`, `far ARGS…` (a run from the login node), `here` (the same on the server alone), `contents DATASET`. */
const words = `
project=$SHARED/project
prepare() {
  on login sh -c "mkdir $project && cp /run/place/files/* $project/"
}
far() {
  on login sh -c "cd $project && exec $PIPE run --data_path far $* >> $LEAVE/said 2>&1"
}
here() {
  mkdir /run/here && cp /run/place/files/* /run/here/
  (cd /run/here && $PIPE run --run_local --data_path here > $LEAVE/said-here 2>&1)
}
# Every entry with what it holds, without the books; of logs the lines without their times.
contents() {
  (cd "$1" && find . -mindepth 1 -path ./runinfo -prune -o ! -name history.jsonl ! -name log.log -print | LC_ALL=C sort |
    while read -r path; do
      if [ -L "$path" ]; then echo "$path -> $(readlink "$path")"
      elif [ -d "$path" ]; then echo "$path/"
      else echo "$path $(sha256sum < "$path")"
      fi
    done
    cat $(find . -path ./runinfo -prune -o -name log.log -print | LC_ALL=C sort) | cut -d' ' -f2-)
}
compare() {
  contents /run/exported/project/far > $LEAVE/far
  contents /run/here/here > $LEAVE/here
}
# Tasks that began more than once.
twice() { for node in n1 n2; do on $node cat /tmp/trace; done | sort | uniq -d; }
tasks() { for node in n1 n2; do on $node cat /tmp/trace || true; done 2> /dev/null | wc -l; }
more_than() { [ "$(tasks)" -gt "$1" ]; }
`;

const cluster = { cpus: 1 } as const;

for (const nfs of ["4.2", "3"] as const) {
  onNfs(
    `NFS ${nfs}: blocks that take turns between two nodes leave what they leave at home`,
    async () => {
      const script = `${words}
prepare
status=0
far || status=$?
echo "far: $status"
here
compare
echo "twice: $(twice)"
# At once, from a login node that remembers what was there before.
far --json > /dev/null
tail -1 $LEAVE/said > $LEAVE/again
`;
      const files = nastyProject("turns", { trace: "/tmp/trace" });
      const run = await runOnNfs({ nfs, script, files, cluster, seconds: 500 });
      expect({ output: run.output, said: run.left.said }).toEqual({
        output: "far: 0\ntwice: \n",
        said: run.left.said,
      });
      expect(run.left.said).not.toContain("warning");
      expect(run.left.far).toBe(run.left.here ?? "");
      expect(run.left.far).toContain("gathered/all.csv");
      expect(run.status).toBe(0);
      expect(JSON.parse(run.left.again ?? "").tasks).toMatchObject({ ran: 0, failed: 0 });
    },
    520_000,
  );
}
