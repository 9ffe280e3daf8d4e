// A launcher that a test kills: a pool with a guard that runs one task, whose block the test chose.
import { defaultResources } from "../../src/core/resources.ts";
import { PoolRig } from "./pool-rig.ts";

const [, , token = "", pipeline = "", block = ""] = process.argv;
const rig = new PoolRig({ pipeline, guard: true, token });
const assignment = rig.task(block, 0, { needs: defaultResources });
rig.pool.assign([assignment]);
await rig.until((event) => event.kind === "started");
console.log(rig.folder);
await rig.ended(assignment);
