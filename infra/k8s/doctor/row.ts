import type { Check } from "../../../services/operator/check.ts";

/** One comparison of a manifest with the code, or with another manifest. */
export interface ManifestCheck extends Check {
  /** Where the program, or the cluster, relies on it. */
  readonly used: string;
  /** The file that a mend belongs into. */
  readonly add: string;
}

export interface Place {
  readonly used: string;
  readonly add: string;
}

/** A breach when there is a problem; else `fine` says what was compared. */
export function row(
  name: string,
  place: Place,
  problems: readonly (string | false | undefined)[],
  fine: string,
): ManifestCheck {
  const found = problems.filter((one) => typeof one === "string");
  if (found.length === 0) return { name, state: "ok", detail: fine, ...place };
  const detail = `${found.join("; ")} (used: ${place.used}; mend: ${place.add})`;
  return { name, state: "breach", detail, ...place };
}

/** `missing a` and `unknown b`, of two lists that should be equal. */
export function differences(found: Iterable<string>, wanted: Iterable<string>): string[] {
  const has = new Set(found);
  const wants = new Set(wanted);
  return [
    ...[...wants].filter((one) => !has.has(one)).map((one) => `${one} is missing`),
    ...[...has].filter((one) => !wants.has(one)).map((one) => `${one} is unknown`),
  ];
}
