// Room at a worker as the scheduler's model counts it: plain whole numbers, compared one by one.

/** Cores and GPUs in thousandths, bytes. */
export interface Room {
  cpus: number;
  gpus: number;
  memory: number;
}

export const roomOf = (amounts: { cpus: number; gpus: number; memory: number | null }): Room => ({
  cpus: Math.round(amounts.cpus * 1000),
  gpus: Math.round(amounts.gpus * 1000),
  memory: amounts.memory ?? 0,
});

export const fitsRoom = (need: Room, room: Room): boolean =>
  need.cpus <= room.cpus && need.gpus <= room.gpus && need.memory <= room.memory;

/** No more tasks than this run at once in such a room, whichever they are. */
export function mostAtOnce(needs: readonly Room[], room: Room): number {
  if (!needs.some((need) => fitsRoom(need, room))) return 0;
  const times = (of: (room: Room) => number): number => {
    const least = Math.min(...needs.map(of));
    return least > 0 ? Math.floor(of(room) / least) : Number.POSITIVE_INFINITY;
  };
  return Math.min(
    times((r) => r.cpus),
    times((r) => r.gpus),
    times((r) => r.memory),
  );
}
