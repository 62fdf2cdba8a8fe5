/** Opaque to Eco²; this shape keeps it safe inside a Redis key and a log line. */
export const USER_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;
