// Ctrl-C once: no new tasks, running ones may finish. Twice: they are ended. SIGTERM and SIGHUP (a closed terminal,
// a shutdown) mean the second at once: whoever sends them does not wait.

export type Interrupt = "finish-running" | "end-now";

/** Calls `onInterrupt` for each request; the result undoes the listening. */
export function listenForInterrupts(onInterrupt: (how: Interrupt) => void): () => void {
  let asked = 0;
  const onInt = () => {
    asked += 1;
    onInterrupt(asked === 1 ? "finish-running" : "end-now");
  };
  const onTerm = () => onInterrupt("end-now");
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  process.on("SIGHUP", onTerm);
  return () => {
    process.off("SIGINT", onInt);
    process.off("SIGTERM", onTerm);
    process.off("SIGHUP", onTerm);
  };
}
