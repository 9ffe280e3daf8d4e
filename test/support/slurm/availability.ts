// Tests that need a cluster, where there can be one. Elsewhere they do not run and say so; on a build server that is an
// error, since a suite that passes by not running proves nothing.
import { test } from "bun:test";
import { ownEnvironment } from "./programs.ts";

/** What a plain cluster needs; more is asked for by name. */
const always = ["slurmctld", "slurmd", "sbatch", "munged", "setpriv", "unshare"] as const;

/** Empty where everything is there. */
export function missingForCluster(...more: readonly string[]): readonly string[] {
  const { PATH = "" } = ownEnvironment();
  const programs = [...always, ...more].filter((program) => Bun.which(program, { PATH }) === null);
  return process.getuid?.() === 0 ? programs : ["root's rights", ...programs];
}

/** `test` of the runner; `needs` names programs beside those of a plain cluster. */
export function clusterTest(needs: readonly string[] = []) {
  const missing = missingForCluster(...needs);
  if (missing.length === 0) return test;
  const words = `missing: ${missing.join(", ")}`;
  if (process.env.CI !== undefined) {
    return (name: string, ..._rest: unknown[]) =>
      void test(name, () => {
        throw new Error(`on a build server this must run; ${words}`);
      });
  }
  return (name: string, ..._rest: unknown[]) => {
    console.error(`NOT TESTED on a real Slurm (${words}): ${name}`);
    test.skip(name, () => {});
  };
}
