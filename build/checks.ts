// What a machine can say about the sources without running them: types and style. Both programs come as packages with a
// `#!node` line; our own bun runs them, so that they work where there is no node.
import { tools } from "./places.ts";
import { show, withOurBun } from "./program.ts";

/** Asked for by name: Biome sends colours into a file as well. */
const colours = process.stdout.isTTY === true ? "--colors=force" : "--colors=off";

/** Exit status of the strict type-check of src, test and build. */
export const checkTypes = (): Promise<number> => show(withOurBun(tools.typescript, "-p", "."));

/** Exit status of lint and formatting. */
export const checkStyle = (): Promise<number> =>
  show(withOurBun(tools.biome, "ci", "--error-on-warnings", colours, "."));

/** Formats, sorts imports and repairs what can be repaired safely. */
export const fixStyle = (): Promise<number> => show(withOurBun(tools.biome, "check", "--write", "."));
