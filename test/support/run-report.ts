// The object that `pipe run --json` prints, checked in shape as the contract gives it.
export interface RunReport {
  readonly run: string;
  readonly dataset: string;
  readonly seconds: number;
  readonly samples: {
    readonly total: number;
    readonly valid: number;
    readonly issues: number;
    readonly failed: number;
  };
  readonly tasks: {
    readonly total: number;
    readonly ran: number;
    readonly cached: number;
    readonly issues: number;
    readonly failed: number;
    readonly skipped: number;
  };
  readonly failures: readonly {
    readonly block: string;
    readonly sample: number | null;
    readonly kind: string;
    readonly message: string;
    readonly log: string | null;
  }[];
}

/** Exactly one JSON object on standard output, with all that is promised; throws with the text otherwise. */
export function asReport(stdout: string): RunReport {
  const value: RunReport = JSON.parse(stdout);
  const numbers = [
    value.seconds,
    ...(["total", "valid", "issues", "failed"] as const).map((key) => value.samples[key]),
    ...(["total", "ran", "cached", "issues", "failed", "skipped"] as const).map((key) => value.tasks[key]),
  ];
  const well =
    /^\d{3,}$/.test(value.run) &&
    typeof value.dataset === "string" &&
    numbers.every((n) => typeof n === "number" && n >= 0) &&
    value.failures.every((f) => typeof f.kind === "string" && typeof f.message === "string" && "log" in f);
  if (!well) throw new Error(`not the promised object:\n${stdout}`);
  return value;
}
