import type { SystemStatus } from "./system-status.ts";
import type { SystemWatch } from "./watch-system.ts";

/** After which a viewer connects anew, and shows anew that they may look. */
const streamMsMax = 5 * 60_000;
/** Frames that a slow viewer may be behind before it is cut; it connects again by itself. */
const unreadMax = 8;

interface StreamOptions {
  readonly watch: Pick<SystemWatch, "add">;
  /** Whether the viewer's session has ended meanwhile. */
  isRevoked(): boolean;
  now(): number;
  /** Runs once, whoever ends the stream. */
  onEnd(): void;
}

/** What one viewer is sent, as server-sent events. */
export function openSystemStream({ watch, isRevoked, now, onEnd }: StreamOptions) {
  const until = now() + streamMsMax;
  const encoder = new TextEncoder();
  let leave: () => void = () => undefined;
  let isOver = false;
  let close: () => void = () => undefined;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    leave();
    onEnd();
    close();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        close = () => controller.close();
        controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
        leave = watch.add((status) => {
          const isBehind = (controller.desiredSize ?? 0) < -unreadMax;
          // Later: what was seen last is shown before `leave` is known, and before our caller has `end`.
          if (isRevoked() || isBehind || now() > until) return queueMicrotask(end);
          controller.enqueue(encoder.encode(toFrame(status)));
        });
      },
      cancel() {
        // A stream that its reader has ended cannot be closed once more.
        close = () => undefined;
        end();
      },
    },
    new CountQueuingStrategy({ highWaterMark: 1 }),
  );
  return { body, end };
}

const retryMs = 2_000;

function toFrame(status: SystemStatus): string {
  return `event: status\ndata: ${JSON.stringify(status)}\n\n`;
}
