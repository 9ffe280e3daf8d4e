// A task with many files run again on the dataset argv[2], for being killed in: what it left is forgotten, then removed, then it
// leaves other files and is remembered anew. Started again, it goes on where it was killed.
import { removeOldOutputs } from "../../../src/cache/old-outputs.ts";
import { blockName } from "../../../src/core/ids.ts";
import { difference, observeFolder, withContents } from "../../../src/system/observe-folder.ts";
import { id, mesh, open } from "./checkpoint-fixture.ts";
import { leave } from "./old-outputs-task.ts";

const [, , dataPath = "", folder = "", version = ""] = process.argv;
const name = blockName("Mesh_0");
const checkpoint = await open(dataPath);
const known = checkpoint.get(name, id(42));
if (known?.changes.config.seed !== Number(version)) {
  const old = known ?? checkpoint.forgotten(name, id(42));
  if (old !== null) {
    checkpoint.forget(name, id(42));
    await checkpoint.sync();
    removeOldOutputs({ dataPath, sample: old.sample }, old);
  }
  const before = observeFolder(folder, () => true);
  leave(folder, Number(version));
  const left = await withContents(
    folder,
    difference(
      before,
      observeFolder(folder, () => true),
    ),
  );
  checkpoint.put({ ...mesh(42, Number(version)), ...left });
}
await checkpoint.close();
