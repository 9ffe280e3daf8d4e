// How a job's environment came up, as the job's script writes it down on the node, line by line into a file that the
// launcher has made before. Without it, a `module load` that fails looks like a worker that is a little late.

export type InitState =
  /** The script has not begun, as far as can be seen from here. */
  | { readonly kind: "nothing" }
  /** `line` is the line of `worker_init` that runs, 0 before the first. */
  | { readonly kind: "running"; readonly node: string; readonly job: string; readonly line: number }
  /** Everything went well; from here on the worker speaks for itself. */
  | { readonly kind: "ready"; readonly node: string; readonly job: string }
  /** `line` counts from 1 over all lines of `worker_init`; 0: the worker itself could not be started. */
  | {
      readonly kind: "failed";
      readonly node: string;
      readonly job: string;
      readonly line: number;
      readonly status: number;
    };

/** The first word of each line, and the version of what follows. */
export const initMark = "pipe-init-1";

/** `pipe-init-1 failed line=2 status=1 job=17 node=n3`. A job that was requeued writes on below; the last counts. */
export function parseInitRecord(text: string): InitState {
  let state: InitState = { kind: "nothing" };
  for (const line of text.split("\n").slice(0, -1)) {
    const [mark, what, ...rest] = line.split(" ");
    if (mark !== initMark) continue;
    const values = new Map(
      rest.map((word): [string, string] => [word.split("=")[0] ?? "", word.replace(/^[^=]*=/, "")]),
    );
    const node = values.get("node") ?? "";
    const job = values.get("job") ?? "";
    const at = Number(values.get("line") ?? 0);
    const status = Number(values.get("status") ?? 0);
    if (what === "ready") state = { kind: "ready", node, job };
    else if (what === "failed") state = { kind: "failed", node, job, line: at, status };
    else if (what === "running") state = { kind: "running", node, job, line: at };
  }
  return state;
}
