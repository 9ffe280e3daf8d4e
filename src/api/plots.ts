// Plots of the samples' own values that the pipeline asks the report for. Checked by check-plot.ts, drawn by report/.

/** A column of `configs.csv` or `statistics.csv`: `"Simulate_0.max_displacement"`. */
export type Column = `${string}.${string}`;

/** A plot in the report of a run. Every sample that is valid gives one value or point. */
export type Plot =
  /** How often values occur. @example { kind: "histogram", value: "RandomScene_0.stiffness", bins: 20 } */
  | { readonly kind: "histogram"; readonly value: Column; readonly bins?: number; readonly title?: string }
  /** A point per sample. @example { kind: "scatter", x: "RandomScene_0.stiffness", y: "Simulate_0.max_displacement" } */
  | { readonly kind: "scatter"; readonly x: Column; readonly y: Column; readonly title?: string }
  /** Points joined in the order of x. */
  | { readonly kind: "line"; readonly x: Column; readonly y: Column; readonly title?: string }
  /** Median, quartiles and outliers of each column beside each other. */
  | { readonly kind: "box"; readonly values: readonly Column[]; readonly title?: string };
