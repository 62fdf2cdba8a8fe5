import "#lib/config/set-runtime-limits.ts";
import { runOperator } from "./main-operator.ts";

await runOperator(process.argv.slice(2));
