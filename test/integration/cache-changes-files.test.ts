// What runs again after a change, and nothing else does: one test for each row of the README's table. Here: of files.
import { testRows } from "../support/cache-expect.ts";

testRows(["outputs", "sight", "places"]);
