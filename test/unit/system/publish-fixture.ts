// Publishes argv[3] as argv[2].
import { publish } from "../../../src/system/durable-file.ts";

const [, , path = "", content = ""] = process.argv;
publish(path, content, { durability: "synced" });
