/** Imported with `type: "file"`: the path of the file, inside a compiled program that of its copy. */
declare module "*.sql" {
  const path: string;
  export = path;
}

declare module "#migrations/meta/_journal.json" {
  const path: string;
  export = path;
}
