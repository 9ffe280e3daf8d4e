// What launcher and worker of different builds must agree on. A worker that hears another number says so and leaves.
//   1  first
//   2  manifests say which files were found, and tasks fail as "spoilt"
export const protocolVersion = 2;
