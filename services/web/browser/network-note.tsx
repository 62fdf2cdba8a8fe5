import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";

/** How long it is said that the network is back. */
const backMs = 4_000;

/** Says that there is no network, and that it is back. Whatever waits for it goes on by itself. */
export function NetworkNote() {
  const [state, setState] = useState<"online" | "offline" | "back">(
    navigator.onLine ? "online" : "offline",
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const offline = () => {
      clearTimeout(timer);
      setState("offline");
    };
    const online = () => {
      setState("back");
      timer = setTimeout(setState, backMs, "online");
    };
    addEventListener("offline", offline);
    addEventListener("online", online);
    return () => {
      removeEventListener("offline", offline);
      removeEventListener("online", online);
    };
  }, []);
  return (
    <div role="status" class="network" data-state={state}>
      {state !== "online" && (
        <p>
          <Icon name={state === "offline" ? "offline" : "check"} />
          {state === "offline" ? words.network.offline : words.network.back}
        </p>
      )}
    </div>
  );
}
