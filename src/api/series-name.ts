// Names of files that come in series: `ligament_A_f3.stl`. One place decides how they look, so that the block that
// writes them and the one that looks for them agree.

/** Which file of a series. */
export interface SeriesPlace {
  /** The frame of a simulation or film, from 0. */
  readonly frame?: number;
  /** Which of several objects: `"A"`, `"left"`, `2`. */
  readonly object?: string | number;
}

/**
 * `seriesName("ligament.stl", { object: "A", frame: 3 })` is `ligament_A_f3.stl`.
 * @internal
 */
export function seriesName(name: string, place: SeriesPlace): string {
  const { frame, object } = place;
  if (frame !== undefined && !(Number.isSafeInteger(frame) && frame >= 0)) {
    throw new RangeError(`a frame is a whole number from 0, not ${String(frame)}`);
  }
  if (object !== undefined && !/^[A-Za-z0-9-]+$/.test(String(object))) {
    throw new RangeError(`an object is named by letters, digits and dashes, not ${JSON.stringify(object)}`);
  }
  const [, stem, extension] = /^(.*?)(\.[^./]*)?$/s.exec(name) ?? [];
  if (stem === undefined || stem === "" || stem.endsWith("/")) {
    throw new RangeError(`${JSON.stringify(name)} is no name for files of a series`);
  }
  return [
    stem,
    object === undefined ? "" : `_${object}`,
    frame === undefined ? "" : `_f${frame}`,
    extension ?? "",
  ].join("");
}
