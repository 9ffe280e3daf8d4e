// What launcher and worker of different builds must agree on. A worker that hears another number says so and leaves.
//   1  first
export const protocolVersion = 1;
