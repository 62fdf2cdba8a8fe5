/** Files the bundler carries along: `with { type: "text" }` is the text, `type: "file"` a path. */
declare module "*.md" {
  const text: string;
  export = text;
}

declare module "*.bin" {
  const path: string;
  export = path;
}
