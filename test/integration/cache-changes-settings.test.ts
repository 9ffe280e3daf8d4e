// What runs again after a change, and nothing else does: one test for each row of the README's table. Here: of programs, and around the pipeline.
import { testRows } from "../support/cache-expect.ts";

testRows(["programs", "settings"]);
