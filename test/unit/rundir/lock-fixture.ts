// Takes the lock of the dataset argv[2] and prints how that went; a winner holds it until its standard input ends, and then
// releases it or, with argv[3] = "die", is killed with it.
import { acquireLock } from "../../../src/rundir/lock.ts";

const [, , dataPath = "", end = "release"] = process.argv;
const answer = acquireLock(dataPath, { command: "fixture" });
console.log(answer.kind === "acquired" ? `acquired ${answer.tookOver !== null}` : `held ${answer.why}`);
if (answer.kind === "acquired") {
  for await (const _ of process.stdin);
  if (end === "die") process.kill(process.pid, "SIGKILL");
  answer.release();
}
