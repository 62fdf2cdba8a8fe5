import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { FAULTS, isFaultCode } from "./fault-table.ts";

/** A code of the fault table, as documents and clients know it. */
export const ErrorCode = named("ErrorCode", v.picklist(Object.keys(FAULTS).filter(isFaultCode)));
