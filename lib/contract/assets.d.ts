/** Imported with `type: "text"`: the text of the file, which a compiled program carries along. */
declare module "*.tsv" {
  const text: string;
  export = text;
}
