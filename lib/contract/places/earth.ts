/**
 * Positions and distances on a sphere, as PostgreSQL's `cube` index wants them: a position is a point in space, in
 * kilometres from the middle of the earth, and the straight line between two of them (the chord) orders places exactly
 * as the way over the ground (the arc) does. This is the arithmetic of the extension `earthdistance`, which only a
 * superuser may create; `cube` is trusted.
 */

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** Mean radius (IUGG); the ellipsoid differs by 0.3 % at most. */
const radiusKm = 6371.0088;

/** As the text of a `cube`. */
export function toCube({ latitude, longitude }: Position): string {
  const [north, east] = [radians(latitude), radians(longitude)];
  const x = radiusKm * Math.cos(north) * Math.cos(east);
  const y = radiusKm * Math.cos(north) * Math.sin(east);
  return `(${x},${y},${radiusKm * Math.sin(north)})`;
}

export function arcKm(chordKm: number): number {
  return 2 * radiusKm * Math.asin(Math.min(1, chordKm / (2 * radiusKm)));
}

export function chordKm(arc: number): number {
  return 2 * radiusKm * Math.sin(Math.min(arc / (2 * radiusKm), Math.PI / 2));
}

export function distanceKm(a: Position, b: Position): number {
  const [north, other] = [radians(a.latitude), radians(b.latitude)];
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const apart = half(north - other);
  const around = half(radians(a.longitude - b.longitude));
  const share = apart + Math.cos(north) * Math.cos(other) * around;
  return 2 * radiusKm * Math.asin(Math.min(1, Math.sqrt(share)));
}

/** `350m`, `1.2km`. */
export function distanceText(km: number): string {
  const metres = Math.round(km * 1_000);
  return metres < 1_000 ? `${metres}m` : `${km.toFixed(1)}km`;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
