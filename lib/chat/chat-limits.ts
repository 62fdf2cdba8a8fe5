/** In UTF-16 units. */
export const chatMessageCharsMax = 2_000;
export const chatTitleCharsMax = 100;
/**
 * Of UTF-8. A client that joins late gets the whole text in one event, at worst twice as long when it is escaped: it
 * must fit into what a stream holds for a slow client.
 */
export const answerBytesMax = 24 * 1_024;
/** Text of one `token` event, in bytes of UTF-8. */
export const tokenBytesMax = 256;
/** Longest that what a model writes waits for more of it. */
export const tokenDelayMs = 50;
/** How long an answer waits for what it has asked its client. */
export const questionMs = 60_000;
