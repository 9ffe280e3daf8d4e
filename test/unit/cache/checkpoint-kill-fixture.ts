// One step in the life of the dataset argv[2], for being killed in: opens the checkpoint (which may compact it), and goes on with
// ten tasks where the one before was killed. Prints each number that it was told is on the disk.
//   nothing · put: remembers · again: forgets, syncs, remembers anew
import { blockName } from "../../../src/core/ids.ts";
import { id, mesh, open } from "./checkpoint-fixture.ts";

const [, , dataPath = "", what = ""] = process.argv;
const checkpoint = await open(dataPath);
for (let sample = 0; what !== "nothing" && sample < 10; sample++) {
  const version = what === "again" ? 2 : 1;
  const known = checkpoint.get(blockName("Mesh_0"), id(sample));
  if (known?.changes.config.seed === version) continue;
  if (what === "again") {
    checkpoint.forget(blockName("Mesh_0"), id(sample));
    await checkpoint.sync();
  }
  checkpoint.put(mesh(sample, version));
  if ((await checkpoint.sync()).kind === "durable") console.log(sample);
}
await checkpoint.close();
