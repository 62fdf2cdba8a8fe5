import * as v from "valibot";

/** Names a variable that is wrong beside the others, and why. */
type Refuse<T> = (name: keyof T & string, message: string) => void;

/**
 * A rule over several variables, for the `v.pipe` around the object that has them. It also runs
 * when a variable by itself is wrong, which is then missing in `given`: everything is reported at
 * once.
 */
export function checkTogether<T extends object>(
  check: (given: Partial<T>, refuse: Refuse<T>) => void,
) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    const given: Partial<T> = { ...(dataset.value ?? {}) };
    const input: Record<string, unknown> = { ...given };
    check(given, (key, message) =>
      addIssue({
        message,
        path: [{ type: "object", origin: "value", input, key, value: input[key] }],
      }),
    );
  });
}
