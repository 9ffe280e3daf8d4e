// Opens the dataset argv[2] and prints how it was refused.
import { Refusal } from "../../../src/core/diagnostic.ts";
import { openDataset } from "../../../src/rundir/create.ts";

try {
  openDataset(process.argv[2] ?? "");
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stdout.write(`${error.fault} ${error.diagnostics[0]?.code}`);
}
