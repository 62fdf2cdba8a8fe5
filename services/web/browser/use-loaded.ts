import { useCallback, useEffect, useState } from "preact/hooks";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/** What `load` gives, and a way to ask again. `load` is called anew when `keys` change. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[] = [],
): [Loaded<T>, reload: () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    // What is there stays while it is read again.
    setLoaded((before) => (before.state === "ready" ? before : { state: "loading" }));
    load(leaving.signal).then(
      (value) => !leaving.signal.aborted && setLoaded({ state: "ready", value }),
      (error) => !leaving.signal.aborted && setLoaded({ state: "failed", error }),
    );
    return () => leaving.abort();
  }, [turn, ...keys]);
  return [loaded, useCallback(() => setTurn((before) => before + 1), [])];
}
