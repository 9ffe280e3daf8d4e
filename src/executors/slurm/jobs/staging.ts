// The executable where all nodes see it: runinfo/bin/pipe-HASH, once for each build and never written again. An upgrade in
// the middle of a run then changes nothing for that run, and nodes that run it over NFS never find it replaced.
import { chmodSync, statSync } from "node:fs";
import { diagnostic, refuse, unable } from "../../../core/diagnostic.ts";
import {
  binFolder,
  buildOf,
  executableHashesPath,
  stagedExecutablePath,
  stagedHashPath,
} from "../../../rundir/layout.ts";
import { copyBeside, nameCopy } from "../../../system/durable-copy.ts";
import { publish, readText } from "../../../system/durable-file.ts";
import { makeFolders, removeQuietly } from "../../../system/durable-folder.ts";
import { readContentNow } from "../../../system/file-content.ts";
import { isFileError, onFile } from "../../../system/file-error.ts";
import { isCompiled } from "../../../system/self-command.ts";
import {
  type FileMark,
  markOf,
  type OwnExecutable,
  ownExecutable,
  rememberedHash,
  rememberHash,
} from "./own-executable.ts";

export interface StagedExecutable {
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** What its name carries, and what workers are told to be. */
  readonly build: string;
}

/**
 * Stages the running executable for the nodes of this dataset; runinfo/ is there already. Reads it only the first time.
 * @throws Refusal where this is no executable, or where what is staged has been damaged; FileError where it cannot be written.
 */
export function stageExecutable(dataPath: string): StagedExecutable {
  if (!isCompiled()) {
    throw refuse(
      diagnostic(
        "not-compiled",
        "this is pipe running from its source, and nodes need it as one executable",
        {
          hint: "`npm run build` compiles it to dist/pipe; run that",
        },
      ),
    );
  }
  return stage(dataPath, ownExecutable());
}

/** As `stageExecutable`, of any file. */
export function stage(dataPath: string, own: OwnExecutable): StagedExecutable {
  makeFolders(binFolder(dataPath));
  const mark = markOf(own);
  const memory = executableHashesPath(dataPath);
  const known = rememberedHash(memory, mark);
  if (known !== null) {
    const staged = stagedAs(dataPath, known, mark.size);
    if (isThere(staged)) return staged;
  }
  const staged = copyIn(dataPath, own, mark);
  rememberHash(memory, mark, staged.sha256);
  return staged;
}

function copyIn(dataPath: string, own: OwnExecutable, mark: FileMark): StagedExecutable {
  const copy = copyBeside(own.path, binFolder(dataPath), { mode: 0o755 });
  try {
    const after = markOf(own);
    if (after.changed !== mark.changed || after.inode !== mark.inode || copy.size !== mark.size) {
      throw unable(
        diagnostic("executable-changed", `\`${own.name}\` was changed while it was copied for the nodes`, {
          hint: "start again when nobody writes to it any more",
        }),
      );
    }
    const staged = stagedAs(dataPath, copy.sha256, copy.size);
    // First the hash: a name that is there without it is read as a whole.
    if (nameCopy(copy.path, staged.path) === "named") publishHash(staged);
    else if (!isThere(staged)) throw new Error(`staged by somebody else, and gone: ${staged.path}`);
    return staged;
  } catch (error) {
    removeQuietly(copy.path);
    throw error;
  }
}

function stagedAs(dataPath: string, sha256: string, size: number): StagedExecutable {
  const build = buildOf(sha256);
  return { path: stagedExecutablePath(dataPath, build), sha256, size, build };
}

/** False where it has not been staged yet. @throws Refusal where something else has its name. */
function isThere(staged: StagedExecutable): boolean {
  const { path, size, sha256 } = staged;
  let facts: { readonly size: number; readonly mode: number };
  try {
    facts = onFile("status", path, () => statSync(path));
  } catch (error) {
    if (isFileError(error, "missing")) return false;
    throw error;
  }
  if (facts.size !== size) throw damaged(path, `it has ${facts.size} bytes instead of ${size}`);
  if (readText(stagedHashPath(path)) !== hashLine(staged)) {
    // Whoever staged it was killed before it could write the hash, or it has been swapped for another one.
    const found = readContentNow(path);
    if (found === "missing") return false;
    if (found.sha256 !== sha256) throw damaged(path, "it holds something else than its name says");
    publishHash(staged);
  }
  if ((facts.mode & 0o100) === 0) onFile("create", path, () => chmodSync(path, 0o755));
  return true;
}

function publishHash(staged: StagedExecutable): void {
  publish(stagedHashPath(staged.path), hashLine(staged), { durability: "synced" });
}

const hashLine = ({ path, sha256 }: StagedExecutable): string =>
  `${sha256}  ${path.slice(path.lastIndexOf("/") + 1)}\n`;

const damaged = (path: string, how: string) =>
  unable(
    diagnostic("staged-damaged", `the executable that is staged for the nodes is damaged: \`${path}\``, {
      notes: [how, "it is never replaced by itself, because jobs may be running it"],
      hint: `when none of your jobs runs on this dataset: \`rm ${path}\`, and start again`,
    }),
  );
