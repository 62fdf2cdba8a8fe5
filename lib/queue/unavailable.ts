import { Fault } from "#lib/error/fault.ts";

/** The broker is away, or has refused: nothing of what was asked has happened. */
export function unavailable(reason: string, cause?: unknown): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error(`RabbitMQ: ${reason}`, { cause }) });
}

/** A message was written, and neither confirmed nor refused: it may be in its queue, or come there later. */
export function unconfirmed(reason: string, cause?: unknown): Fault {
  return new Fault("UNAVAILABLE", { cause: new Unconfirmed(`RabbitMQ: ${reason}`, { cause }) });
}

class Unconfirmed extends Error {
  override readonly name = "Unconfirmed";
}

export function isUnconfirmed(error: unknown): boolean {
  return error instanceof Fault && error.cause instanceof Unconfirmed;
}
