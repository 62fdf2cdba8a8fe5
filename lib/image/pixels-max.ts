/** A 50-megapixel phone writes 8,160 × 6,144, which is a little more than 50,000,000. */
export const pixelsMax = 50 * 1024 * 1024;
