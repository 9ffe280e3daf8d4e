// What does not hold yet: rows that say why they are open. They move to the other tests when they do.
import { testRows } from "../support/cache-expect.ts";
import { groups } from "../support/cache-table.ts";

testRows(Object.keys(groups), "open");
