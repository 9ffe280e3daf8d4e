// The package `bunny` is older than declarations.
declare module "bunny" {
  const mesh: {
    readonly positions: readonly (readonly number[])[];
    readonly cells: readonly (readonly number[])[];
  };
  export default mesh;
}
