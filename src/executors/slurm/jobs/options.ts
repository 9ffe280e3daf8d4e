// What a configuration asks of Slurm. Names are Slurm's own; where a block says something too, that wins.

/** `[executor.NAME]` as options; null stands for what was not said. */
export function executorOptions(settings: {
  readonly partition: string | null;
  readonly account: string | null;
  readonly qos: string | null;
  readonly constraint: string | null;
  readonly reservation: string | null;
  readonly slurmOptions: Readonly<Record<string, string>> | null;
}): Readonly<Record<string, string>> {
  const { partition, account, qos, constraint, reservation, slurmOptions } = settings;
  const words = Object.entries({ partition, account, qos, constraint, reservation });
  return {
    ...slurmOptions,
    ...Object.fromEntries(words.filter((one): one is [string, string] => one[1] !== null)),
  };
}
