// A test run that is killed: starts a cluster with everything that can be left behind, says its name, and waits for the end.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";

const cluster = await startCluster({ nodes: 1, views: "bindfs", hosts: "netns" });
await cluster.launcherOnly();
await cluster.sbatch(["--wrap", `touch ${cluster.shared}/begun; sleep 1000`]);
await eventually("the job has begun", () => existsSync(join(cluster.backing, "begun")));
console.log(JSON.stringify({ name: cluster.name, folder: cluster.folder }));
await new Promise(() => {});
