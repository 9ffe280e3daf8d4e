// Pilots on a real NFS: login and two nodes are clients of their own, which see each other's work late and hear of a full disk only
// when they sync. What comes of a run is what comes of one on one machine.
import { expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { nastyProject } from "../support/slurm/nasty-pipeline.ts";
import { type MachineRun, programsOfMachine, runOnNfs } from "../support/slurm/uml/machine.ts";

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
  (cd "$1"
    all() { find . -mindepth 1 -path ./runinfo -prune -o ! -name history.jsonl "$@" | LC_ALL=C sort; }
    all -type d -print
    all -type l -printf '%p -> %l\\n'
    all -type f ! -name log.log -print | xargs sha256sum
    cat $(all -name log.log -print) | cut -d' ' -f2-)
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

/** Every sample as it would be at home, no task begun twice. */
function expectAsAtHome(run: MachineRun): void {
  const { said, far, here } = run.left;
  expect({ output: run.output, said }).toEqual({ output: "far: 0\ntwice: \n", said });
  expect(far).toBe(here ?? "");
  expect(far).toContain("gathered/all.csv");
  expect(run.status).toBe(0);
}

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
      expectAsAtHome(run);
      expect(run.left.said).not.toContain("warning");
      expect(JSON.parse(run.left.again ?? "").tasks).toMatchObject({ ran: 0, failed: 0 });
    },
    520_000,
  );
}

onNfs(
  "a node that is cut off for a quarter of a minute is waited for: nothing is lost, nothing is done twice",
  async () => {
    const script = `${words}
prepare
far & run=$!
wait_for "some tasks" more_than 6
cut_off n2
sleep 15
heal n2
status=0
wait $run || status=$?
echo "far: $status"
here
compare
echo "twice: $(twice)"
`;
    const files = nastyProject("anywhere", { trace: "/tmp/trace", nap: 0.5 });
    expectAsAtHome(await runOnNfs({ script, files, cluster, seconds: 500 }));
  },
  520_000,
);

onNfs(
  "a launcher that is killed on the login node: another one takes over what the pilots have done and do",
  async () => {
    const script = `${words}
prepare
on login sh -c "cd $project && echo \\$\\$ > /tmp/launcher && exec $PIPE run --data_path far >> $LEAVE/said 2>&1" 2> /dev/null & run=$!
wait_for "some tasks" more_than 6
on login sh -c 'kill -9 $(cat /tmp/launcher)'
wait $run || true
sleep 2
status=0
on login sh -c "cd $project && exec $PIPE attach --data_path far >> $LEAVE/said 2>&1" || status=$?
echo "far: $status"
here
compare
echo "twice: $(twice)"
`;
    const files = nastyProject("anywhere", { trace: "/tmp/trace", nap: 0.3 });
    expectAsAtHome(await runOnNfs({ script, files, cluster, seconds: 500 }));
  },
  520_000,
);

/** Bun says nothing where `close` fails: what is written here is lost without a word, but for the sync. */
const filling = `import { writeFileSync } from "node:fs";
import { type DataSample, Pipeline, PipelineBlock } from "pipe";
class Fill extends PipelineBlock {
  async run(sample: DataSample) {
    const size = sample.id === 1 ? 90_000_000 : 1000;
    writeFileSync(sample.path + "/filled.bin", new Uint8Array(size).fill(7));
    sample.addStatistic("bytes", size);
  }
}
export default new Pipeline().append(new Fill());
`;

onNfs(
  "a disk that is full when a task's file comes to it fails that task, which had noticed nothing",
  async () => {
    const script = `${words}
prepare
status=0
far --num_samples 4 || status=$?
echo "far: $status"
# The server gives room back some seconds after a file is gone.
sleep 5
status=0
far --samples 0,2,3 || status=$?
echo "without it: $status"
ls -s --block-size=1000 /run/exported/project/far/00000?/filled.bin | sed "s|/run/exported/project/||"
`;
    const files = { ...nastyProject("anywhere"), "pipeline.ts": filling };
    const run = await runOnNfs({ script, files, cluster, disk: 200, seconds: 400 });
    expect(run.left.said).toContain("000001/filled.bin");
    expect(run.left.said).toMatch(/no space left|the disk is full/);
    expect(run.output).toMatch(/^far: 1\nwithout it: 0\n(?: *\d+ far\/00000[023]\/filled.bin\n){3}$/);
  },
  420_000,
);
