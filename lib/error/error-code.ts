import * as v from "valibot";
import { FAULTS, isFaultCode } from "./fault-table.ts";

/** A code of the fault table, as documents and clients know it. */
export const ErrorCode = v.pipe(
  v.picklist(Object.keys(FAULTS).filter(isFaultCode)),
  v.metadata({ ref: "ErrorCode" }),
);
