// Where progress is shown.
import type { Terminal } from "../report/terminal-frame.ts";

/** As it is now: while blocks run in this process, `process.stderr.write` leads into their logs. */
export function standardError(): Terminal {
  const { stderr } = process;
  return {
    write: stderr.write.bind(stderr),
    get columns() {
      return stderr.columns;
    },
    get rows() {
      return stderr.rows;
    },
  };
}
