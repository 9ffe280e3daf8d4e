import { describe, expect, test } from "bun:test";
import { processStart, startFromStat, thisProcess, vitality } from "../../../src/system/host.ts";

describe("a process that was written down", () => {
  const here = thisProcess();

  test("lives while it lives, and is dead when it was killed", async () => {
    const child = Bun.spawn(["sleep", "1000"]);
    const identity = { ...here, pid: child.pid, started: processStart(child.pid) };
    expect(identity.started).not.toBeNull();
    expect(vitality(identity)).toBe("alive");
    child.kill("SIGKILL");
    await child.exited;
    expect(vitality(identity)).toBe("dead");
  });

  test("is not mistaken for another one with its number", () => {
    expect(vitality(here)).toBe("alive");
    expect(vitality({ ...here, started: "1" })).toBe("dead");
  });

  test("of before a reboot is dead, also where the number is in use again", () => {
    expect(vitality({ ...here, boot: "another boot" })).toBe("dead");
  });

  test("of another machine cannot be judged from here", () => {
    expect(vitality({ ...here, host: "n17", boot: "another boot" })).toBe("elsewhere");
    expect(
      vitality({ ...here, machine: "another", boot: "another boot" }, { ...here, machine: "ours" }),
    ).toBe("elsewhere");
  });

  test("of this machine under an earlier name is judged all the same", () => {
    expect(vitality({ ...here, host: "name-from-dhcp" })).toBe("alive");
  });

  test("in a container cannot be seen", () => {
    expect(vitality({ ...here, space: "pid:[1]" })).toBe("hidden");
  });
});

describe("the start of a process", () => {
  test("is read past a program name with blanks and brackets, and a zombie has none", () => {
    const rest = Array.from({ length: 30 }, (_, i) => String(i + 4)).join(" ");
    expect(startFromStat(`17 (a) b (c) S ${rest}`)).toBe("22");
    expect(startFromStat(`17 (a) Z ${rest}`)).toBeNull();
    expect(startFromStat(null)).toBeNull();
  });
});
