// Everything that a submission was seen or is known to answer, by version, and what follows from it.
import { describe, expect, test } from "bun:test";
import {
  classifySubmission,
  type Submission,
} from "../../../../src/executors/slurm/client/classify-submission.ts";

const ended = (status: number | null, stdout: string, stderr = ""): Submission =>
  classifySubmission({ kind: "ended", status, stdout, stderr });
const failed = (...lines: readonly string[]): Submission =>
  ended(1, "", lines.map((line) => `sbatch: error: ${line}\n`).join(""));
const refused = (reason: string, ...before: readonly string[]): Submission =>
  failed(...before, `Batch job submission failed: ${reason}`);

describe("a number", () => {
  test("is the job's, on the last line, with the cluster where there is one", () => {
    expect(ended(0, "14\n")).toMatchObject({ kind: "submitted", job: "14", cluster: null });
    expect(ended(0, "14;test3\n")).toMatchObject({ kind: "submitted", job: "14", cluster: "test3" });
    expect(ended(0, "Dear user,\nyou have 3 hours left.\n\n15\n\n")).toMatchObject({ job: "15" });
  });
  test("that is not there, or that comes with a failure, is a doubt", () => {
    for (const stdout of ["", "Submitted batch job 14\n", "14 15\n", "abc\n"]) {
      expect(ended(0, stdout).kind).toBe("doubtful");
    }
    expect(ended(1, "14\n", "wrapper: cannot write the log").kind).toBe("doubtful");
    expect(ended(null, "", "").kind).toBe("doubtful");
  });
});

describe("doubts", () => {
  for (const text of [
    "Socket timed out on send/recv operation",
    "Zero Bytes were transmitted or received",
    "Unexpected message received",
    "Message receive failure",
    "Message send failure",
    "Communication shutdown failure",
    "Unable to contact slurm controller (receive failure)",
    "Unable to contact slurm controller (send failure)",
    "Unable to contact slurm controller (shutdown failure)",
    "Connection reset by peer",
    "Connection timed out",
    "Connection timed out reading",
    "Connection timed out writing",
    "Header lengths are longer than data received",
    "Broken pipe",
  ]) {
    test(text, () =>
      expect(refused(text)).toEqual({ kind: "doubtful", message: `Batch job submission failed: ${text}` }),
    );
  }
  test("ended by our own time limit, whatever it had said", () => {
    const stderr = "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying";
    expect(classifySubmission({ kind: "timed-out", seconds: 180, stdout: "", stderr }).kind).toBe("doubtful");
  });
});

describe("later", () => {
  const table: readonly (readonly [string, string, ...string[]])[] = [
    ["submit-limit", policy(), "QOSMaxSubmitJobPerUserLimit"],
    ["submit-limit", policy(), "AssocMaxSubmitJobLimit"],
    ["submit-limit", policy(), "AssocGrpSubmitJobsLimit"],
    ["submit-limit", policy(), "QOSGrpSubmitJobsLimit"],
    ["submit-limit", policy(), "MaxSubmitJobsPerAccount"],
    ["submit-limit", "MaxJobCount limit reached"],
    ["controller-away", "Unable to contact slurm controller (connect failure)"],
    ["controller-away", "Slurm backup controller in standby mode"],
    ["controller-away", "Controller is in standby mode, try a different controller"],
    ["controller-away", "Communication connection failure"],
    ["controller-away", "Connection refused"],
    ["controller-away", "Process is shutting down and closing all communications"],
    [
      "other",
      "Resource temporarily unavailable",
      "Slurm temporarily unable to accept job, sleeping and retrying",
    ],
    ["other", "Rate limit exceeded, please retry momentarily"],
    ["other", "Rate limit exceeded, please retry later"],
    ["other", "Job can not be altered now, try again later"],
    ["other", "Protocol authentication error"],
    ["other", "System submissions disabled"],
  ];
  for (const [reason, text, ...before] of table) {
    test(`${text} ${before.join(" ")}`, () =>
      expect(refused(text, ...before)).toMatchObject({ kind: "later", reason }));
  }
});

describe("never", () => {
  const table: readonly (readonly [string, string, ...string[]])[] = [
    ["partition", "Invalid partition name specified", "invalid partition specified: nope"],
    ["partition", "No partition specified or system default partition"],
    ["partition", "User's group not permitted to use this partition"],
    ["partition", "Required partition not available (inactive or drain)"],
    ["partition", "Requested nodes not in this partition"],
    ["account", "Invalid account or account/partition combination specified"],
    ["account", "Invalid or unknown association"],
    ["qos", "Invalid qos specification"],
    ["memory", "Requested node configuration is not available", "Memory specification can not be satisfied"],
    ["memory", "Memory required by task is not available"],
    ["constraint", "Invalid feature specification"],
    ["gres", "Invalid generic resource (gres) specification"],
    ["gres", "Invalid GRES specification (with and without type identification)"],
    ["gres", "Invalid Trackable RESource (TRES) specification"],
    ["array-size", "Invalid job array specification"],
    ["limits", policy()],
    ["limits", policy(), "QOSMaxWallDurationPerJobLimit"],
    ["limits", policy(), "QOSMinGRES"],
    ["limits", "Requested time limit is invalid (missing or exceeds some limit)"],
    ["limits", "Node count specification invalid"],
    ["limits", "Requested node configuration is not available"],
    ["limits", "More processors requested than permitted"],
    ["option", "Job dependency problem"],
    ["option", "Requested reservation is invalid"],
    ["option", "Access denied to requested reservation"],
    ["option", "Invalid license specification"],
    ["option", "Requested operation is presently disabled"],
    ["other", "Incompatible versions of client and server code"],
    ["other", "A reason that nobody has heard of"],
  ];
  for (const [what, text, ...before] of table) {
    test(`${text} ${before.join(" ")}`, () => {
      const submission = refused(text, ...before);
      expect(submission).toMatchObject({ kind: "never", what });
      if (submission.kind === "never") expect(submission.hint).not.toBe("");
    });
  }
  test("the partition is named", () => {
    expect(refused("Invalid partition name specified", "invalid partition specified: nope")).toMatchObject({
      explanation: "the cluster has no partition `nope`",
      message: "Batch job submission failed: Invalid partition name specified",
    });
  });
  test("an option that this version does not know", () => {
    const stderr = "sbatch: unrecognized option '--prefer=x'\nTry \"sbatch --help\" for more information\n";
    expect(ended(255, "", stderr)).toMatchObject({ kind: "never", what: "option" });
  });
  test("scripts that cannot be read", () => {
    for (const text of [
      "Unable to open file /x/y.sh",
      "This does not look like a batch script.  The first",
      "Batch script contains DOS line breaks (\\r\\n)",
    ]) {
      expect(failed(text)).toMatchObject({ kind: "never", what: "other" });
    }
  });
  test("no such command", () => {
    expect(
      classifySubmission({ kind: "not-there", message: "there is no `sbatch` on this machine" }),
    ).toMatchObject({
      kind: "never",
      what: "other",
    });
  });
});

function policy(): string {
  return "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
}
