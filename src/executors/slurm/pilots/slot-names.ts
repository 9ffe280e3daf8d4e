// The slots of a run are called p0001, p0002, …: each is used once.

export const slotName = (number: number): string => `p${String(number).padStart(4, "0")}`;

/** One that none of these has. */
export function nextNumber(slots: Iterable<string>): number {
  let highest = 0;
  for (const slot of slots) highest = Math.max(highest, numberOf(slot));
  return highest + 1;
}

const numberOf = (slot: string): number => Number(/^p(\d+)$/.exec(slot)?.[1] ?? 0);
