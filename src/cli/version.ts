// `pipe version`: one line, which scripts may parse.
import { version } from "../generated/version.ts";
import { exitStatus } from "./exit-status.ts";

export const versionLine = `pipe ${version}`;

export async function versionCommand(): Promise<number> {
  console.log(versionLine);
  return exitStatus.fine;
}
