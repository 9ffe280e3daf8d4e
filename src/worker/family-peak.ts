// The highest memory that any one process of a program has had, by looking now and then. Only needed where the kernel's
// own figure says nothing (see usageOf in run-command.ts): a small program started by a larger worker.
import { familyOf } from "../system/process-list.ts";
import { peakMemory } from "../system/process-memory.ts";

export interface FamilyPeak {
  /** Bytes, or null where the program was over before anybody looked. */
  stop(): number | null;
}

/** Looks after 8, 16, 32, … ms and then every half second. */
export function watchFamilyPeak(pid: number): FamilyPeak {
  let highest: number | null = null;
  let pause = 8;
  const look = () => {
    for (const member of familyOf(pid)) {
      const peak = peakMemory(member);
      if (peak !== null && peak > (highest ?? 0)) highest = peak;
    }
    pause = Math.min(pause * 2, 500);
    timer = setTimeout(look, pause);
  };
  let timer = setTimeout(look, pause);
  return {
    stop: () => {
      clearTimeout(timer);
      return highest;
    },
  };
}
