// The body of this pipeline: the Stanford bunny, 0.12 m tall. Put your organ's closed surface here.
import mesh from "./bunny.json";
import { type Surface, surfaceFromLists } from "./mesh.ts";

export const bunny: Surface = surfaceFromLists(mesh.positions, mesh.triangles);
