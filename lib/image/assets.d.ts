/** Imported with `type: "file"`: the path of the file, inside a compiled program that of its copy. */
declare module "*.wasm" {
  const path: string;
  export = path;
}
