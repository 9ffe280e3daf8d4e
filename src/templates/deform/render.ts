// Fourth block: pictures of the deformation.
import { type DataSample, PipelineBlock } from "pipe";
import { arrow } from "./arrow.ts";
import { drawScale, heat } from "./colours.ts";
import { historyFile, historyFrom } from "./history.ts";
import { type Colour, type Image, reduced } from "./image.ts";
import { displacements, fromPly, type Surface, vertexNormals } from "./mesh.ts";
import { joined, type Model, outline, picture } from "./picture.ts";
import { toPng } from "./png.ts";
import { type Force, loadShare, nearestVertex, type Scene } from "./scene.ts";
import { add, at, dot, scale, type Vec3 } from "./vector.ts";
import { camera } from "./view.ts";

export interface RenderOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** At most so many pictures, evenly over the frames; the first and the last frame are among them. */
  readonly pictures: number;
}

/**
 * Writes `picture_f0.png`, …: the body coloured by its displacement, on one scale for all frames of a sample,
 * with the outline that it had at rest and an arrow for each force, as long as the force is strong.
 */
export class Render extends PipelineBlock {
  constructor(readonly options: RenderOptions) {
    super();
  }

  override async run(sample: DataSample<{ RandomScene_0: Scene }>) {
    const { forces } = sample.config.RandomScene_0;
    const files = sample.files("bunny_f*.ply");
    const surfaceOf = (frame: number): Surface => fromPly(sample.read(at(files, frame), "bytes"));
    const history = historyFrom(sample.read(historyFile));
    const last = files.length - 1;
    const rest = surfaceOf(0);
    const largest = Math.max(...displacements(rest, surfaceOf(last)));
    for (const frame of evenly(last, this.options.pictures)) {
      const loads = forces.map((force) => ({ force, share: loadShare(force, at(history, frame).time) }));
      const image = this.#draw({ rest, now: surfaceOf(frame), loads, largest });
      sample.write(sample.file("picture.png", { frame }), toPng(image));
    }
  }

  #draw({ rest, now, loads, largest }: Shot): Image {
    const size = { width: this.options.width * oversampling, height: this.options.height * oversampling };
    const view = camera(size, { eye: [-0.13, 0.165, 0.42], target: [0, 0.06, 0], fieldOfView: 0.21 });
    const normals = vertexNormals(now);
    const body: Model = {
      ...now,
      normals,
      colours: Array.from(displacements(rest, now), (distance) => heat(distance / largest)),
    };
    const arrows = loads.flatMap(({ force, share }) => {
      const vertex = nearestVertex(rest, force.place);
      return arrowOf(force, share, { point: at(now.points, vertex), normal: at(normals, vertex) });
    });
    const image = picture(joined([body, ...arrows]), view, shadowReach);
    outline(image, view, rest);
    const small = reduced(image, oversampling);
    drawScale(small, largest);
    return small;
  }
}

interface Shot {
  readonly rest: Surface;
  readonly now: Surface;
  /** Forces with the part that acts at this time. */
  readonly loads: readonly { readonly force: Force; readonly share: number }[];
  /** The displacement that has the last colour of the scale (m). */
  readonly largest: number;
}

/** The picture is drawn so many times as large and then reduced: smooth edges. */
const oversampling = 2;
/** m around the origin */
const shadowReach = 0.22;
const metresPerNewton = 0.028;
const arrowColour: Colour = [46, 104, 168];

/** Numbers from 0 to `last`, both included, evenly spaced and at most `count` of them. */
export function evenly(last: number, count: number): number[] {
  const parts = Math.max(1, Math.min(last, count - 1));
  return [...new Set(Array.from({ length: parts + 1 }, (_, i) => Math.round((i * last) / parts)))];
}

/** A pushing force ends at the surface, a pulling one begins there. None while the force hardly acts. */
function arrowOf(force: Force, share: number, at: { readonly point: Vec3; readonly normal: Vec3 }): Model[] {
  const reach = scale(force.direction, force.newtons * share * metresPerNewton);
  if (share < 0.02) return [];
  const pushing = dot(force.direction, at.normal) < 0;
  const tail = pushing ? add(at.point, scale(reach, -1)) : at.point;
  return [arrow(tail, add(tail, reach), arrowColour)];
}
