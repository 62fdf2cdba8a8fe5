import type { Clock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import { nearestCenters } from "#lib/place-store/nearest-centers.ts";
import type { ToolPorts } from "../chat/gather-evidence.ts";

/** Metres: what somebody goes to with a bag in each hand. */
const radius = 5_000;
const limit = 5;

/** The places of the location service, nearest first. */
export function createPlaceFinder(database: Database, clock: Clock): ToolPorts["findPlaces"] {
  return async (near, { stores, pickups }) => {
    const now = clock.now();
    const centers = await nearestCenters(database, near, { radius, limit, stores, pickups, now });
    return centers.map((center) => ({
      id: center.id,
      name: center.name,
      address: center.road_address,
      distance: center.distance_text,
      isOpen: center.is_open,
      url: center.place_url,
    }));
  };
}
