// The course of a simulation, one line of `history.csv` per frame: what the surface files alone do not tell.

export interface Moment {
  readonly frame: number;
  /** s */
  readonly time: number;
  /** The speed of the fastest point since the frame before (m/s). */
  readonly maxSpeed: number;
  /** J */
  readonly kineticEnergy: number;
  /** J */
  readonly elasticEnergy: number;
}

export const historyFile = "history.csv";

/** Text with a heading; numbers in full, so that reading gives the same numbers again. */
export function historyText(moments: readonly Moment[]): string {
  const lines = moments.map((m) => [m.frame, m.time, m.maxSpeed, m.kineticEnergy, m.elasticEnergy].join(","));
  return [heading, ...lines, ""].join("\n");
}

/** Throws when the text is none that `historyText` wrote, or has no line. */
export function historyFrom(text: string): Moment[] {
  const [first, ...lines] = text.trimEnd().split("\n");
  if (first !== heading || lines.length === 0)
    throw new Error(`${historyFile} has another form than expected`);
  return lines.map((line) => {
    const [frame, time, maxSpeed, kineticEnergy, elasticEnergy] = line.split(",").map(Number);
    if (frame === undefined || time === undefined || maxSpeed === undefined)
      throw new Error(`cut short: ${line}`);
    if (kineticEnergy === undefined || elasticEnergy === undefined) throw new Error(`cut short: ${line}`);
    return { frame, time, maxSpeed, kineticEnergy, elasticEnergy };
  });
}

const heading = "frame,time_s,max_speed_m_per_s,kinetic_energy_J,elastic_energy_J";
