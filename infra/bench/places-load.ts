import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { nearestCenters } from "#lib/place-store/nearest-centers.ts";
import { createRandom } from "#lib/testing/random.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { answerParent } from "../harness/child.ts";
import { type Applied, applyLoad } from "./apply-load.ts";
import { HttpConnection } from "./http-connection.ts";

/**
 * Users who ask for the nearest 50 places that are open and of one category, each again as soon as it is answered: of
 * the service's own query in this process, or of a service's process over kept connections.
 */
export interface PlacesPlan {
  readonly target: "database" | (string & {});
  readonly atOnce: number;
  readonly queries: number;
}

export interface PlacesReport extends Applied {
  /** Of a query, on average. */
  readonly places: number;
}

const limit = 50;
const radius = 20_000;
const random = createRandom("places");

/** @returns how many places came */
type Ask = () => Promise<number>;

let places = 0;
let users: (() => Promise<void>)[] | undefined;
if (import.meta.main) {
  answerParent(async (plan: PlacesPlan): Promise<PlacesReport> => {
    users ??= (await openUsers(plan)).map((ask) => async () => {
      const found = await ask();
      places += found;
    });
    places = 0;
    const applied = await applyLoad(users, plan.queries);
    return { ...applied, places: places / plan.queries };
  });
}

function openUsers(plan: PlacesPlan): Promise<Ask[]> {
  return plan.target === "database" ? databaseUsers(plan) : httpUsers(plan);
}

async function databaseUsers({ atOnce }: PlacesPlan): Promise<Ask[]> {
  const database = await connectDatabase(serviceUrls.DATABASE_URL);
  return Array.from({ length: atOnce }, () => async () => {
    const { at, store, pickup } = question();
    const filter = { stores: store && [store], pickups: pickup && [pickup], openNow: true };
    const options = { ...filter, radius, limit, now: Date.now() };
    return (await nearestCenters(database, at, options)).length;
  });
}

async function httpUsers({ target, atOnce }: PlacesPlan): Promise<Ask[]> {
  return Array.from({ length: atOnce }, (): Ask => {
    const connection = new HttpConnection(target, { "X-User-ID": "bench" });
    return async () => {
      const { at, store, pickup } = question();
      const category = store ? `store_category=${store}` : `pickup_category=${pickup}`;
      const position = `lat=${at.latitude}&lon=${at.longitude}`;
      const query = `${position}&${category}&open_now=true&radius=${radius}&limit=${limit}`;
      const path = `/api/v1/locations/centers?${query}`;
      const { status, body } = await connection.send({ method: "GET", path });
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
      return body.split('"distance_km"').length - 1;
    };
  });
}

/** Anywhere in the country, half of them by what a place is, half by what it takes. */
function question() {
  const at = { latitude: random.between(34.4, 38.2), longitude: random.between(126.4, 129.4) };
  const isByStore = random.chance(0.5);
  return {
    at,
    store: isByStore ? random.pick(STORE_CATEGORIES) : undefined,
    pickup: isByStore ? undefined : random.pick(PICKUP_CATEGORIES),
  };
}
