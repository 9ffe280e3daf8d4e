// Lends the descriptor of standard output to standard error while blocks run in the launcher's own process. What they
// print with `console.log` can be caught in the language; a program that they start with `stdio: "inherit"`, or with
// Bun.$, writes to the descriptor itself, and would write into the one object that `--json` promises.
import { dlopen, FFIType } from "bun:ffi";
import { closeSync } from "node:fs";

/** What is written to standard output goes to standard error until the result is called. */
export function standardOutputToError(): () => void {
  const { stdout, stderr } = process;
  const { write } = stdout;
  // The stream may write later than it is told to, when the descriptor is its own again.
  Reflect.set(stdout, "write", stderr.write.bind(stderr));
  const giveBack = lendDescriptor();
  let lent = true;
  return () => {
    if (!lent) return;
    lent = false;
    giveBack();
    Reflect.set(stdout, "write", write);
  };
}

function lendDescriptor(): () => void {
  const { int } = FFIType;
  let calls: { dup(fd: number): number; dup2(from: number, to: number): number };
  try {
    const library = process.platform === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libc.so.6";
    calls = dlopen(library, {
      dup: { args: [int], returns: int },
      dup2: { args: [int, int], returns: int },
    }).symbols;
  } catch {
    // Another C library: then such output stands before the results, as it does in any script.
    return () => {};
  }
  const kept = calls.dup(1);
  // Somebody who has closed one of the two gets nothing into the other.
  if (kept < 0 || calls.dup2(2, 1) < 0) return () => {};
  return () => {
    calls.dup2(kept, 1);
    closeSync(kept);
  };
}
