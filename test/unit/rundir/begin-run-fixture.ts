// Begins argv[3] runs of the dataset argv[2] and prints their names.
import { beginRun } from "../../../src/rundir/create.ts";

const [, , dataPath = "", count = "1"] = process.argv;
for (let i = 0; i < Number(count); i++) console.log(beginRun(dataPath).name);
