// `npm run test:cluster`: what takes long on a real Slurm: limits of a site, nodes that are cut off, a real NFS. No part of
// `npm test`; `npm run test:cluster -- nfs` runs the files whose names hold that word.
import { runSlowSuite } from "./slow-suite.ts";
import { requireSystemPackages } from "./system-packages.ts";

try {
  await requireSystemPackages("quick", "cluster");
  process.exitCode = await runSlowSuite({
    folder: "slurm",
    ending: ".cluster.ts",
    words: process.argv.slice(2),
  });
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
