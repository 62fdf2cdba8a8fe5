import { Fault, type FaultOptions } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";

/**
 * A model's fault that the same call may not meet when it is made again at once: its next request is put
 * otherwise, or the reply was bad luck. The call is made anew from its beginning, since its photo was
 * released when it was sent.
 */
export class AskAgain extends Fault {
  /** Whether the model wrote something; a request that was refused for its fields costs nothing. */
  readonly isPaid: boolean;

  constructor(code: FaultCode, isPaid: boolean, options: FaultOptions) {
    super(code, options);
    this.isPaid = isPaid;
  }
}
