// Third block: numbers that say how much the body was deformed.
import { type DataSample, PipelineBlock } from "pipe";
import { historyFile, historyFrom } from "./history.ts";
import { displacements, fromPly, vertexAreas, volume } from "./mesh.ts";
import { at } from "./vector.ts";

/**
 * Compares the last frame with the first: `max_displacement` and `mean_displacement` (m, the mean over the
 * surface's area), `volume_change` (per cent), `elastic_energy` (J).
 */
export class Measure extends PipelineBlock {
  override async run(sample: DataSample) {
    const frames = sample.files("bunny_f*.ply");
    const rest = fromPly(sample.read(at(frames, 0), "bytes"));
    const moved = fromPly(sample.read(at(frames, frames.length - 1), "bytes"));
    const distances = displacements(rest, moved);
    const areas = vertexAreas(rest);
    const whole = areas.reduce((sum, area) => sum + area, 0);
    const weighted = distances.reduce((sum, distance, i) => sum + distance * at(areas, i), 0);
    const history = historyFrom(sample.read(historyFile));

    sample.addStatistic("max_displacement", Math.max(...distances));
    sample.addStatistic("mean_displacement", weighted / whole);
    sample.addStatistic("volume_change", 100 * (volume(moved) / volume(rest) - 1));
    sample.addStatistic("elastic_energy", at(history, history.length - 1).elasticEnergy);
  }
}
