// A test run that is killed: starts a cluster with everything that can be left behind, says its name, and waits for the end.
import { startCluster } from "./cluster.ts";

const cluster = await startCluster({ nodes: 1, views: "bindfs", hosts: "netns" });
await cluster.launcherOnly();
const job = await cluster.sbatch(["--wrap", "sleep 1000"]);
await cluster.untilJob(job, "RUNNING");
console.log(JSON.stringify({ name: cluster.name, folder: cluster.folder }));
await new Promise(() => {});
