// A word about results that were found although nobody had taken them.
import { count } from "../report/amounts.ts";

export const takenWarning = (taken: number): { readonly message: string; readonly hint: null } => ({
  message: `${count(taken, "result")} of a run whose launcher was gone ${taken === 1 ? "is" : "are"} taken over`,
  hint: null,
});
