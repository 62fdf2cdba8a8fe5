/**
 * Private instances keep to ports below the range from which Linux (32768) and macOS (49152) hand
 * out ports to outgoing connections: a port chosen there could be gone at the next start.
 */
export const portMin = 20_000;
export const portMax = 32_000;
const portAttemptsMax = 200;

/** Processes that run tests side by side choose different ones: a port is used only some time after it was chosen. */
const choosers = 4;
const chooser = Number(process.env.BUN_TEST_WORKER_ID ?? 0) % choosers;

/** A free loopback port, at random so that two projects rarely choose the same one. */
export function choosePort(taken: readonly number[]): number {
  for (let attempt = 0; attempt < portAttemptsMax; attempt++) {
    const slot = Math.floor((Math.random() * (portMax - portMin)) / choosers);
    const port = portMin + slot * choosers + chooser;
    if (!taken.includes(port) && portIsFree(port)) return port;
  }
  throw new Error(`no free port between ${portMin} and ${portMax} on 127.0.0.1`);
}

export function portIsFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Asks by connecting: binding, even briefly, could take the port from who is about to listen. */
export async function isListening(port: number, hostname = "127.0.0.1"): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname, port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
