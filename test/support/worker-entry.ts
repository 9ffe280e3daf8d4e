// A worker process from the sources, for tests that do not need the compiled executable. Also the guard.
import { workerId } from "../../src/core/ids.ts";
import { guardMain } from "../../src/system/guard.ts";
import { ipcChannel } from "../../src/worker/ipc-channel.ts";
import { workerMain } from "../../src/worker/worker-main.ts";

const [, , kind = "", runFolder = "", dataPath = "", worker = "", grace = "0.3"] = process.argv;
if (kind === "guard") {
  await guardMain(Bun.stdin.stream(), 0.2);
  process.exit(0);
}
const channel = ipcChannel();
if (channel === null) throw new Error("started without a channel");
process.exit(
  await workerMain(channel, {
    runFolder,
    dataPath,
    worker: workerId(worker),
    seed: 7,
    version: "test",
    disk: "own",
    grace: Number(grace),
  }),
);
