// All commands that there are, for the help, for completions, and for whoever mistypes one.
import type { CommandDeclaration } from "./command.ts";
import { attachDeclaration } from "./flags/attach.ts";
import { cancelDeclaration } from "./flags/cancel.ts";
import { checkDeclaration } from "./flags/check.ts";
import { cleanDeclaration } from "./flags/clean.ts";
import { completionsDeclaration } from "./flags/completions.ts";
import { doctorDeclaration } from "./flags/doctor.ts";
import { execDeclaration } from "./flags/exec.ts";
import { explainDeclaration } from "./flags/explain.ts";
import { initDeclaration } from "./flags/init.ts";
import { logsDeclaration } from "./flags/logs.ts";
import { runDeclaration } from "./flags/run.ts";
import { statusDeclaration } from "./flags/status.ts";
import { versionDeclaration } from "./flags/version.ts";
import { workerDeclaration } from "./flags/worker.ts";

/** In the order of the help. */
export const declarations: readonly CommandDeclaration[] = [
  initDeclaration,
  checkDeclaration,
  runDeclaration,
  statusDeclaration,
  logsDeclaration,
  explainDeclaration,
  execDeclaration,
  attachDeclaration,
  cancelDeclaration,
  doctorDeclaration,
  cleanDeclaration,
  workerDeclaration,
  completionsDeclaration,
  versionDeclaration,
];
