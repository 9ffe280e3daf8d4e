// What the run's events journal is called and in which version its records are: whoever writes it and whoever reads it
// must mean the same.

//   1  first: bodies are RunEvent of core/events.ts; `run-ended` comes without its failures
export const eventsFormat = { format: "pipe-events", version: 1 } as const;
