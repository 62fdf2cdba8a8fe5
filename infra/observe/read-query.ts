import { parser } from "@prometheus-io/lezer-promql";

export interface Query {
  /** Where the text is no PromQL; undefined where all of it is. */
  readonly wrongAt: number | undefined;
  /** Every metric that it selects, with the labels that it is selected by. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels that the results are grouped and matched by. */
  readonly grouping: readonly string[];
}

/** Reads a query of PromQL, as Prometheus' own editor does. */
export function readQuery(text: string): Query {
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  let wrongAt: number | undefined;
  parser.parse(text).iterate({
    enter({ type, name, from, to, node }) {
      const written = text.slice(from, to);
      if (type.isError) wrongAt ??= from;
      if (name === "VectorSelector") selectors.push({ metric: "", labels: [] });
      const last = selectors.at(-1);
      if (name === "Identifier" && last) last.metric = written;
      if (name !== "LabelName") return;
      if (node.parent?.name === "GroupingLabels") grouping.push(written);
      else last?.labels.push(written);
    },
  });
  return { wrongAt, selectors, grouping };
}
