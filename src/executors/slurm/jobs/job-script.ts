// The script of a job, whole, as text: what a person finds under submit_scripts/ is what ran, and `sbatch` of it by hand
// runs it again. It brings the environment up, says how far it came, and then becomes the worker: a bash that stayed in
// between was seen to lose one of two signals that come together, and with it the warning before the time limit.
import { shellCommand, shellWord } from "../../../core/shell-word.ts";
import { initPieces } from "./init-lines.ts";
import { initMark } from "./init-record.ts";

export interface JobScript {
  /** For a person who opens the file: a line or two, without `#`. */
  readonly about: readonly string[];
  /** Long options with their dashes, `--time=60`; also given on the command line, where they win over the environment. */
  readonly options: readonly string[];
  /** Lines that come before everything else; what fails in them is not told by the record. */
  readonly first?: readonly string[];
  /** `worker_init`, as configured. */
  readonly init: readonly string[];
  /** The file that tells how that went: absolute, there before the job is submitted, this job's alone. null: nowhere. */
  readonly initRecord: string | null;
  /** What the script becomes. The first word is the executable as it is staged. */
  readonly worker: readonly string[];
  /** Words before the worker's, as in `srun --nodes=4`; empty for a job of one node. */
  readonly through?: readonly string[];
  /** Further variables for the worker and for `worker_init`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Copy the executable to a disk of the node first, once per node; null: start it where it is. */
  readonly local?: LocalCopy | null;
}

export interface LocalCopy {
  /** On a disk of the node, the same for all jobs there: `/tmp`. */
  readonly folder: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export function jobScript(script: JobScript): string {
  const { about, options, init, initRecord, worker, through = [], environment = {}, local = null } = script;
  const [executable = "", ...rest] = worker;
  const start =
    local === null
      ? shellCommand([...through, executable, ...rest])
      : [...through.map(shellWord), '"$pipe_executable"', ...rest.map(shellWord)].join(" ");
  return [
    // Not a login shell: profiles do what they like, and a job has the environment of whoever submitted it already.
    "#!/bin/bash",
    ...about.map((line) => `# ${line.replaceAll("\n", " ")}`),
    ...options.map((option) => `#SBATCH ${sbatchLine(option)}`),
    "",
    ...(script.first ?? []),
    ...tellLines(initRecord),
    "",
    // With it, every `srun` of a task would hand on no variables.
    "unset SLURM_EXPORT_ENV",
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    ...initLines(init),
    ...(local === null ? [] : ["", ...copyLines(executable, local)]),
    "",
    "pipe_tell ready",
    // Without it, a worker that is not there ends the script past its trap.
    "shopt -s execfail",
    `exec ${start}`,
    "exit",
    "",
  ].join("\n");
}

function tellLines(initRecord: string | null): readonly string[] {
  const to = initRecord === null ? "/dev/null" : initRecord;
  return [
    `pipe_record=${shellWord(to)}`,
    "pipe_line=0",
    `pipe_tell() { echo "${initMark} $* job=$SLURM_JOB_ID node=$(hostname -s)" >>"$pipe_record"; }`,
    // However it ends before it becomes the worker: a line that fails, an `exit` in one, a signal.
    "pipe_failed() {",
    "  pipe_tell failed line=$pipe_line status=$1",
    '  [ $pipe_line -eq 0 ] || echo "pipe: line $pipe_line of worker_init ended with status $1" >&2',
    "}",
    "trap 'pipe_failed $?' EXIT",
    "pipe_tell running line=0",
  ];
}

/** At the top level of the script and not in a function, where `declare` would make variables that nobody else sees. */
function initLines(init: readonly string[]): readonly string[] {
  const pieces = initPieces(init);
  if (pieces.length === 0) return [];
  return [
    "",
    "# worker_init",
    ...pieces.flatMap(({ line, text }) => [
      `pipe_line=${line}`,
      text,
      "pipe_status=$?; [ $pipe_status -eq 0 ] || exit $pipe_status",
    ]),
    "pipe_line=0",
  ];
}

/** Slurm reads these lines itself, with quotes and backslashes of its own. */
function sbatchLine(option: string): string {
  if (/[\n\r\0]/.test(option)) throw new RangeError(`an option cannot hold a line end: ${option}`);
  const at = option.indexOf("=");
  const value = option.slice(at + 1);
  if (at < 0 || /^[A-Za-z0-9_@%+=:,./[\]|&*()-]*$/.test(value)) return option;
  return `${option.slice(0, at)}="${value.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * The folder must be ours alone: anybody may make a file of that name in /tmp. Whatever goes wrong, the executable is started
 * from where it is staged, which is slower and right.
 */
function copyLines(executable: string, { folder, sha256, size }: LocalCopy): readonly string[] {
  const name = executable.slice(executable.lastIndexOf("/") + 1);
  return [
    `pipe_executable=${shellWord(executable)}`,
    `pipe_folder=${shellWord(folder)}/pipe-$(id -u)`,
    `pipe_copy=$pipe_folder/${shellWord(name)}`,
    "pipe_beside=",
    'mkdir -p -m 700 "$pipe_folder" && [ -O "$pipe_folder" ] && [ ! -L "$pipe_folder" ] && chmod 700 "$pipe_folder" && {',
    `  if [ "$(stat -c %s "$pipe_copy" 2>/dev/null)" != ${size} ]; then`,
    '    pipe_beside=$(mktemp "$pipe_copy.XXXXXXXX") &&',
    '      cp "$pipe_executable" "$pipe_beside" && chmod 755 "$pipe_beside" &&',
    `      echo "${sha256}  $pipe_beside" | sha256sum --check --status &&`,
    '      mv -f "$pipe_beside" "$pipe_copy" || rm -f "$pipe_beside"',
    "  fi",
    `  [ "$(stat -c %s "$pipe_copy" 2>/dev/null)" = ${size} ]`,
    '} && pipe_executable=$pipe_copy || echo "pipe: no copy of the executable in $pipe_folder; the shared one is started" >&2',
  ];
}
