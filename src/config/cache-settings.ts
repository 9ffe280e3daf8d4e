// What a start makes of remembered results, and whether it runs anything at all. Flags that cancel each other are refused
// with the reason: whoever gives both believes that both count, and one of them would be dropped in silence.

import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Config } from "./config.ts";

/** `run`; `dry-run`: say what would run and why; `statistics-only`: write the tables of the dataset anew. */
export type Purpose = "run" | "dry-run" | "statistics-only";

export type CacheSettings =
  /** `--disable_caching`: everything runs; what comes of it is remembered all the same. */
  { readonly kind: "disabled" } | CacheInUse;

export interface CacheInUse {
  readonly kind: "enabled";
  readonly verify: Verify;
  /** Whether a task whose issue is remembered runs again. */
  readonly retryIssues: boolean;
  /** Names as they were written; `chooseBlocks` in plan/ knows which blocks there are. */
  readonly forceRunBlocks: readonly string[];
  readonly doNotRetryBlocks: readonly string[];
  readonly acceptCode: readonly string[];
}

/** `full`: the files of a remembered result are looked at; `none`: they are taken to be as they were left. */
export type Verify = "full" | "none";

/** Where nobody says anything. */
export const caching: CacheInUse = {
  kind: "enabled",
  verify: "full",
  retryIssues: false,
  forceRunBlocks: [],
  doNotRetryBlocks: [],
  acceptCode: [],
};

/** What the command line said; null: nothing. */
export interface CacheFlags {
  readonly disableCaching: boolean | null;
  readonly forceRunBlocks: readonly string[] | null;
  readonly doNotRetryBlocks: readonly string[] | null;
  readonly retryIssues: boolean | null;
  readonly acceptCode: readonly string[] | null;
  readonly verify: Verify | null;
  readonly statisticsOnly: boolean | null;
  readonly dryRun: boolean | null;
}

export const noCacheFlags: CacheFlags = {
  disableCaching: null,
  forceRunBlocks: null,
  doNotRetryBlocks: null,
  retryIssues: null,
  acceptCode: null,
  verify: null,
  statisticsOnly: null,
  dryRun: null,
};

export function chooseCache(flags: CacheFlags, config: Config, found: Diagnostic[]): CacheSettings {
  refuseSameBlock(flags, found);
  if (flags.disableCaching === true) {
    refuseWithoutCache(flags, found);
    return { kind: "disabled" };
  }
  return {
    kind: "enabled",
    verify: flags.verify ?? config.run.verify ?? "full",
    retryIssues: flags.retryIssues ?? config.run.retryIssues ?? false,
    forceRunBlocks: flags.forceRunBlocks ?? [],
    doNotRetryBlocks: flags.doNotRetryBlocks ?? [],
    acceptCode: flags.acceptCode ?? [],
  };
}

/** @param others the flags that say what is run and where, with their values. */
export function choosePurpose(
  flags: CacheFlags,
  others: Readonly<Record<string, unknown>>,
  found: Diagnostic[],
): Purpose {
  if (flags.statisticsOnly !== true) return flags.dryRun === true ? "dry-run" : "run";
  const { statisticsOnly: _itself, ...cache } = flags;
  const cacheFlags = {
    disable_caching: cache.disableCaching,
    force_run_blocks: cache.forceRunBlocks,
    do_not_retry_blocks: cache.doNotRetryBlocks,
    retry_issues: cache.retryIssues,
    accept_code: cache.acceptCode,
    verify: cache.verify,
    dry_run: cache.dryRun,
  };
  for (const [flag, value] of Object.entries({ ...others, ...cacheFlags })) {
    if (value === null || value === false) continue;
    found.push(
      contradiction(
        `\`--statistics_only\` runs no task, so \`--${flag}\` means nothing`,
        "leave one of them out; the tables are made of all valid samples that the dataset has",
      ),
    );
  }
  return "statistics-only";
}

/** What each flag would have changed if anything were remembered. */
function refuseWithoutCache(flags: CacheFlags, found: Diagnostic[]): void {
  const everything = "`--disable_caching` runs every block";
  if (flags.forceRunBlocks !== null) {
    found.push(
      contradiction(
        `${everything}, so \`--force_run_blocks\` adds nothing`,
        "to run only these blocks and what follows from them, leave `--disable_caching` out",
      ),
    );
  }
  if (flags.doNotRetryBlocks !== null) {
    found.push(
      contradiction(
        `${everything}, and \`--do_not_retry_blocks\` says not to run some of them`,
        "to run everything up to a block, use `--until BLOCK`",
      ),
    );
  }
  if (flags.acceptCode !== null) {
    found.push(
      contradiction(
        "`--disable_caching` uses no earlier result, and `--accept_code` keeps earlier results",
        "keep the one that you mean",
      ),
    );
  }
  if (flags.retryIssues === true) {
    found.push(
      contradiction(
        `${everything}, those with an issue too, so \`--retry_issues\` adds nothing`,
        "leave it out, or leave `--disable_caching` out to run only what ended with an issue",
      ),
    );
  }
  if (flags.verify !== null) {
    found.push(
      contradiction(
        "`--disable_caching` uses no earlier result, so `--verify` has nothing to look at",
        "leave one of them out",
      ),
    );
  }
}

function refuseSameBlock(flags: CacheFlags, found: Diagnostic[]): void {
  const pairs = [
    ["do_not_retry_blocks", flags.doNotRetryBlocks, "says that it must not run"],
    ["accept_code", flags.acceptCode, "says that its earlier results are to be kept"],
  ] as const;
  for (const [flag, names, says] of pairs) {
    for (const name of new Set(flags.forceRunBlocks ?? [])) {
      if (names?.includes(name) !== true) continue;
      found.push(
        contradiction(
          `\`--force_run_blocks\` says that \`${name}\` must run, and \`--${flag}\` ${says}`,
          `take \`${name}\` out of one of them`,
        ),
      );
    }
  }
}

const contradiction = (message: string, hint: string): Diagnostic =>
  diagnostic("contradiction", message, { hint });
