// What everybody but the block's own code knows of a block: plan, scheduler, workers and messages all read this.
import type { BlockName } from "./ids.ts";
import type { Resources } from "./resources.ts";

/** `sample`: once for every sample. `dataset`: once, after every sample has ended. */
export type BlockScope = "sample" | "dataset";

export type BlockKind =
  /** TypeScript, run in the worker's own process. */
  | { readonly kind: "code" }
  /** A program started for every task. `argv` may hold placeholders such as `{sample.id}`. */
  | { readonly kind: "command"; readonly argv: readonly string[] }
  /** A program started once per worker, fed one JSON line per sample. */
  | { readonly kind: "persistent"; readonly argv: readonly string[] };

export interface BlockSpec {
  readonly name: BlockName;
  /** The class name, or the name given to a command: `Simulate`. */
  readonly type: string;
  readonly scope: BlockScope;
  readonly kind: BlockKind;
  readonly needs: Resources;
  /** How many further attempts a failed task gets. */
  readonly retries: number;
  /** The earlier blocks it depends on; null where the pipeline does not say: the one before it in the list. */
  readonly after: readonly BlockName[] | null;
  /** Declared files, as glob patterns relative to the sample's folder; null where not declared. */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
  readonly optionalOutputs: readonly string[] | null;
  /** Files that count as a part of its code, as glob patterns relative to the pipeline's folder. */
  readonly watch: readonly string[];
  /** Programs that `pipe doctor` looks for on the nodes. */
  readonly requires: readonly string[];
  /** Further environment variables of a command. */
  readonly environment: Readonly<Record<string, string>>;
  /** What only some executors understand (partition, account, …), by name. */
  readonly executorOptions: Readonly<Record<string, string>>;
}
