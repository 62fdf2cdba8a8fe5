import { useEffect, useState } from "preact/hooks";
import type { components } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { Eco2Error } from "#lib/client/eco2-error.ts";
import { eco2 } from "./eco2.ts";

export type System = components["schemas"]["SystemStatus"];

/** Ten minutes of looks. */
const keptMax = 300;
const againMs = 2_000;

/**
 * The system as it was since the page was opened, the newest last. Each connection begins with a plain call, which
 * refreshes the session where that is needed and says why where there is none: an `EventSource` does neither.
 */
export function useSystem() {
  const [history, setHistory] = useState<readonly System[]>([]);
  const [error, setError] = useState<unknown>();
  const [isLost, setLost] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const show = (status: System): void => {
      setLost(false);
      setHistory((before) => [...before, status].slice(-keptMax));
    };
    const again = (): void => {
      source?.close();
      if (isOver) return;
      clearTimeout(timer);
      timer = setTimeout(() => void connect(), againMs);
    };
    const follow = (): void => {
      source = new EventSource("/api/v1/ops/stream");
      source.addEventListener("status", ({ data }) => show(JSON.parse(data)));
      // Also when the server has ended it, as it does every few minutes.
      source.addEventListener("error", again);
    };
    const connect = async (): Promise<void> => {
      try {
        const status = dataOf(await eco2.api.GET("/api/v1/ops/status"));
        if (isOver) return;
        show(status);
        follow();
      } catch (problem) {
        if (isOver) return;
        const isRefused = problem instanceof Eco2Error && [401, 403].includes(problem.status ?? 0);
        if (isRefused) return setError(problem);
        setLost(true);
        again();
      }
    };
    setError(undefined);
    void connect();
    return () => {
      isOver = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [turn]);
  return { history, error, isLost, reload: () => setTurn((before) => before + 1) };
}
