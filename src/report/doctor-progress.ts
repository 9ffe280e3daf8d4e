// How far `pipe doctor` is, while probe jobs wait: a line for each of them that is drawn anew on a terminal, elsewhere a
// line when something has changed. On a full cluster this is all that a person sees for minutes.
import { monotonic } from "../system/clock.ts";
import { duration } from "./amounts.ts";
import { palette } from "./colour.ts";
import { cutTo } from "./columns.ts";
import { printable } from "./printable.ts";
import { createTerminalFrame, type Terminal } from "./terminal-frame.ts";

/** What is known of one probe; see executors/slurm/probe/probe-outcome.ts. */
export type ProbeState =
  | { readonly kind: "submitting"; readonly message: string | null }
  | {
      readonly kind: "seen";
      readonly job: string;
      readonly meaning: { readonly kind: string; readonly words?: string };
      readonly nodes: string;
    }
  | { readonly kind: "answered"; readonly job: string; readonly node: string };

export interface DoctorProgress {
  readonly tell: (target: string, state: ProbeState) => void;
  close(): void;
}

export function createDoctorProgress(options: {
  readonly stream: Terminal;
  readonly live: boolean;
  readonly colours: boolean;
}): DoctorProgress {
  const { stream, live } = options;
  const colours = palette(options.colours);
  const start = monotonic();
  const said = new Map<string, string>();
  const frame = live ? createTerminalFrame(stream) : null;
  const draw = (): void => {
    const took = duration(Math.floor(monotonic() - start));
    // A pseudo-terminal that nobody has given a size says 0.
    const width = (stream.columns || 80) - 1;
    frame?.draw(
      [...said].map(([target, words]) =>
        colours.faint(cutTo(printable(`${target}: ${words} (${took})`), width)),
      ),
    );
  };
  const timer = live ? setInterval(draw, 250) : null;
  return {
    tell(target, state) {
      const words = stateWords(state);
      if (said.get(target) === words) return;
      said.set(target, words);
      if (live) draw();
      else stream.write(`${printable(`${target}: ${words}`)}\n`);
    },
    close() {
      if (timer !== null) clearInterval(timer);
      frame?.clear();
    },
  };
}

function stateWords(state: ProbeState): string {
  switch (state.kind) {
    case "submitting":
      return state.message === null ? "submitting a job" : `Slurm takes no job yet: ${state.message}`;
    case "answered":
      return `job ${state.job} has answered from ${state.node}`;
    case "seen":
      return `job ${state.job} ${seenWords(state)}`;
  }
}

function seenWords({ meaning, nodes }: Extract<ProbeState, { kind: "seen" }>): string {
  switch (meaning.kind) {
    case "waiting":
      return `waits: ${meaning.words ?? ""}`;
    case "alive":
      return nodes === "" ? "starts" : `runs on ${nodes}`;
    case "ended":
      return `is over: ${meaning.words ?? ""}`;
    default:
      return "is in a state that is not known here";
  }
}
