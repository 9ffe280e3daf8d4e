// Flags that several commands share, so that they are called the same and mean the same everywhere.

export const dataPathFlag = {
  type: "path",
  placeholder: "DIR",
  description: "the dataset's folder (default: data_path in pipe.toml, else ./data)",
} as const;

export const runFlag = {
  type: "text",
  placeholder: "NNN",
  description: "which run, as in `003` (default: the last one)",
} as const;

export const jsonFlag = <const T extends string>(description: T) =>
  ({ type: "boolean", default: false, description }) as const;

export const colourFlag = {
  type: "boolean",
  description: "colours also where there is no terminal",
  negative: "no colours, as under NO_COLOR",
} as const;
