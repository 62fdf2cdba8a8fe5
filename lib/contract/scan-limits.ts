/** Limits of what a user sends to scan, in UTF-16 units. */

/** More is not a question about one object. */
export const userInputCharsMax = 1_000;
/** A longer one is no photo's address; also what a message and a log line can carry. */
export const imageUrlCharsMax = 2_048;

/** What a finished scan leaves in Redis at most; every redrive adds the events of one more epoch. */
export const scanBytesMax = 2 * 1_024;
