// Claims argv[2] with the content argv[3] and prints the answer.
import { claim } from "../../../src/system/durable-file.ts";

const [, , path = "", who = ""] = process.argv;
process.stdout.write(claim(path, who).kind);
