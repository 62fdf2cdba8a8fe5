import { runOperator } from "../services/operator/main-operator.ts";

/** The operator's `migrate` under the name that deployments of 0.1 start. */
await runOperator(["migrate", ...process.argv.slice(2)]);
