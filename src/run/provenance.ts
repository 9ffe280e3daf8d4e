// Which code made this dataset: the commit of the pipeline's folder, whether its tree was dirty, and the diff.
// Asked of git itself; a folder that is no checkout, or a machine without git, is an answer, not an error.

export type GitState =
  | { readonly kind: "commit"; readonly commit: string; readonly dirty: boolean; readonly diff: string }
  | { readonly kind: "none"; readonly why: "no-git" | "no-repository" | "no-commit" | "too-slow" };

/** A diff larger than this (in characters) is cut, with a last line that says so. */
const longestDiff = 4 * 1024 * 1024;

export async function gitState(folder: string): Promise<GitState> {
  const head = await git(folder, ["rev-parse", "--verify", "HEAD"]);
  switch (head.kind) {
    case "missing":
      return { kind: "none", why: "no-git" };
    case "late":
      return { kind: "none", why: "too-slow" };
    case "refused":
      return {
        kind: "none",
        why: /not a git repository/i.test(head.message) ? "no-repository" : "no-commit",
      };
    case "said":
      break;
  }
  const [status, diff] = await Promise.all([
    git(folder, ["status", "--porcelain", "--untracked-files=normal", "--", "."]),
    git(folder, ["diff", "--no-ext-diff", "--no-color", "HEAD", "--", "."]),
  ]);
  const text = diff.kind === "said" ? diff.text : "";
  return {
    kind: "commit",
    commit: head.text.trim(),
    // A question that git did not answer is no proof of a clean tree.
    dirty: status.kind !== "said" || status.text !== "",
    diff:
      text.length > longestDiff
        ? `${text.slice(0, longestDiff)}\n# cut: the diff is ${text.length} characters\n`
        : text,
  };
}

type GitAnswer =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "missing" }
  | { readonly kind: "late" };

/** Ten seconds are enough on a slow home folder; a hung one must not keep a run from starting. */
async function git(folder: string, args: readonly string[]): Promise<GitAnswer> {
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    child = Bun.spawn(["git", ...args], {
      cwd: folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
      timeout: 10_000,
    });
  } catch {
    return { kind: "missing" };
  }
  const [text, message] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const status = await child.exited;
  if (child.signalCode !== null) return { kind: "late" };
  return status === 0 ? { kind: "said", text } : { kind: "refused", message };
}
