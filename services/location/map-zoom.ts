/**
 * Levels of a Kakao map: at 3 a pixel is a metre, and with every level it is twice as much.
 * https://apis.map.kakao.com/web/documentation/#Map_setLevel
 */
const metresOfPixel = (zoom: number) => 2 ** (zoom - 3);

/** A marker with its label: what lies within it cannot be told apart. */
const cellPixels = 80;
/** Half the width of a screen. */
const screenPixels = 600;
const radiusMin = 100;
const radiusMax = 20_000;

export function cellMetres(zoom: number): number {
  return cellPixels * metresOfPixel(zoom);
}

/** What a map of this level shows, in metres around its middle. */
export function radiusOfZoom(zoom: number): number {
  return Math.min(radiusMax, Math.max(radiusMin, Math.round(screenPixels * metresOfPixel(zoom))));
}
