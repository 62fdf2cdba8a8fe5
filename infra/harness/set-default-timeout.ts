import { setDefaultTimeout } from "bun:test";

/** Milliseconds. Bun's own five are too few for a stack that drains on a busy machine. */
setDefaultTimeout(30_000);
