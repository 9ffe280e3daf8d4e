// Every state and every reason that Slurm has, and what each means here.
import { describe, expect, test } from "bun:test";
import { reasonMeaning } from "../../../../src/executors/slurm/client/reasons.ts";
import { type JobMeaning, meaningOf, parseExitCode } from "../../../../src/executors/slurm/client/states.ts";

const of = (state: string, reason = "None", exit: string | null = null): JobMeaning =>
  meaningOf({ state, reason, exit: exit === null ? null : parseExitCode(exit) });

describe("states", () => {
  const table: Readonly<Record<string, string>> = {
    PENDING: "waiting",
    REQUEUED: "waiting",
    REQUEUE_FED: "waiting",
    REQUEUE_HOLD: "waiting needs-help",
    SPECIAL_EXIT: "waiting needs-help",
    CONFIGURING: "alive",
    RUNNING: "alive",
    COMPLETING: "alive",
    SIGNALING: "alive",
    STAGE_OUT: "alive",
    RESIZING: "alive",
    SUSPENDED: "alive",
    STOPPED: "alive",
    POWER_UP_NODE: "alive",
    EXPEDITING: "alive",
    UPDATE_DB: "alive",
    COMPLETED: "ended completed",
    FAILED: "ended failed",
    TIMEOUT: "ended timeout",
    OUT_OF_MEMORY: "ended out-of-memory",
    NODE_FAIL: "ended node-fail",
    BOOT_FAIL: "ended boot-fail",
    PREEMPTED: "ended preempted",
    CANCELLED: "ended cancelled",
    DEADLINE: "ended deadline",
    LAUNCH_FAILED: "ended cannot-start",
    RECONFIG_FAIL: "ended boot-fail",
    REVOKED: "unknown",
    "": "unknown",
    INVENTED_IN_2031: "unknown",
  };
  const short = (meaning: JobMeaning): string => {
    switch (meaning.kind) {
      case "waiting":
        return meaning.hope === "normal" ? "waiting" : "waiting needs-help";
      case "ended":
        return `ended ${meaning.how}`;
      default:
        return meaning.kind;
    }
  };

  for (const [state, expected] of Object.entries(table)) {
    test(`${state || "nothing"} is ${expected}`, () => expect(short(of(state))).toBe(expected));
  }

  test("what stands behind the first word does not count", () => {
    for (const state of ["CANCELLED by 1000", "CANCELLED+", " CANCELLED ", "cancelled"]) {
      expect(short(of(state))).toBe("ended cancelled");
    }
  });

  test("FAILED is told apart by its exit code, then by its reason", () => {
    expect(short(of("FAILED", "None", "0:53"))).toBe("ended cannot-start");
    expect(short(of("FAILED", "None", "0:125"))).toBe("ended out-of-memory");
    expect(of("FAILED", "None", "0:9")).toMatchObject({ how: "failed", words: "it was ended by signal 9" });
    expect(of("FAILED", "None", "127:0")).toMatchObject({ words: expect.stringContaining("not found") });
    expect(of("FAILED", "None", "126:0")).toMatchObject({
      words: expect.stringContaining("cannot be executed"),
    });
    expect(of("FAILED", "None", "3:0")).toMatchObject({ words: "it ended with exit status 3" });
    expect(short(of("FAILED", "BadConstraints"))).toBe("ended cannot-start");
    expect(short(of("FAILED", "OutOfMemory"))).toBe("ended out-of-memory");
    expect(short(of("FAILED", "NodeDown"))).toBe("ended node-fail");
    expect(short(of("FAILED", "JobLaunchFailure"))).toBe("ended failed");
  });

  test("every end is a sentence", () => {
    for (const state of Object.keys(table)) {
      const meaning = of(state);
      if (meaning.kind === "ended") expect(meaning.words).toMatch(/^[a-zS].+[^.]$/);
    }
  });

  test("exit codes", () => {
    expect(parseExitCode("1:0")).toEqual({ status: 1, signal: 0 });
    expect(parseExitCode(" 0:15 ")).toEqual({ status: 0, signal: 15 });
    expect(parseExitCode("")).toBeNull();
  });
});

describe("reasons", () => {
  const perJob = ["Cpu", "CpuMinutes", "Node"].map((what) => `QOSMax${what}PerJobLimit`);
  const tres = ["Unknown", "Mem", "Energy", "GRES", "License", "BB", "Billing"];
  const needsHelp = [
    ...["PartitionConfig", "PartitionTimeLimit", "PartitionNodeLimit", "PartitionDown", "PartitionInactive"],
    ...[
      "BadConstraints",
      "Constraints",
      "InvalidAccount",
      "InvalidQOS",
      "AccountNotAllowed",
      "QOSNotAllowed",
    ],
    ...["DependencyNeverSatisfied", "JobHeldUser", "JobHeldAdmin", "JobHoldMaxRequeue", "JobLaunchFailure"],
    ...[
      "launch failed requeued held",
      "user env retrieval failed requeued held",
      "NonZeroExitCode",
      "DeadLine",
    ],
    ...[
      "QOSMaxWallDurationPerJobLimit",
      "AssocMaxWallDurationPerJobLimit",
      "AssocMaxCpuPerJobLimit",
      ...perJob,
    ],
    ...tres.flatMap((what) => [
      `AssocMax${what}PerJob`,
      `AssocMax${what}MinutesPerJob`,
      `QOSMax${what}PerJob`,
    ]),
    ...["QOSMaxCpuPerNode", "AssocMaxMemPerNode", "QOSMinCpuNotSatisfied", "QOSMinGRES", "QOSMinMemory"],
    ...[
      "QOSUsageThreshold",
      "MaxMemPerLimit",
      "ReservationDeleted",
      "ReservationInvalid",
      "BurstBufferOperation",
    ],
  ];
  const normal = [
    ...["None", "", "Priority", "Resources", "Dependency", "BeginTime", "JobArrayTaskLimit", "Licenses"],
    ...["Reservation", "Cleaning", "Prolog", "SchedDefer", "FedJobLock", "NodeDown", "FrontEndDown"],
    ...["BurstBufferResources", "BurstBufferStageIn", "PowerNotAvail", "PowerReserved"],
    ...[
      "QOSMaxCpuPerUserLimit",
      "QOSMaxJobsPerUserLimit",
      "QOSMaxSubmitJobPerUserLimit",
      "QOSMaxGRESPerUser",
    ],
    ...["AssocMaxJobsLimit", "AssocMaxSubmitJobLimit", "MaxCpuPerAccount", "MaxJobsPerAccount"],
    ...["AssocGrpCpuLimit", "AssocGrpCPUMinutesLimit", "AssocGrpCPURunMinutesLimit", "QOSGrpNodeLimit"],
    ...tres.flatMap((what) => [`AssocGrp${what}`, `QOSGrp${what}Minutes`, `AssocGrp${what}RunMinutes`]),
    ...["AssociationJobLimit", "QOSResourceLimit", "AccountingPolicy", "ReqNodeNotAvail"],
    "ReqNodeNotAvail, UnavailableNodes:n[1-4]",
    "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
    "InventedIn2031",
  ];
  for (const [hope, words] of [
    ["needs-help", needsHelp],
    ["normal", normal],
  ] as const) {
    for (const word of words) {
      test(`${word || "nothing"}: ${hope}`, () => {
        const meaning = reasonMeaning(word);
        expect(meaning).toMatchObject({ hope, reason: word });
        expect(meaning.words).not.toBe("");
      });
    }
  }

  test("what is not known is shown as it is", () => {
    expect(reasonMeaning("InventedIn2031").words).toBe("Slurm says why: InventedIn2031");
  });

  test("limits say whose they are and which", () => {
    expect(reasonMeaning("AssocGrpCpuLimit").words).toContain("the account's limits (AssocGrpCpuLimit)");
    expect(reasonMeaning("QOSMaxWallDurationPerJobLimit").words).toContain("time limit is longer");
  });
});
