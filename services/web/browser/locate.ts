const locateMsMax = 10_000;
/** A position of a few minutes ago is where one still is, as far as bins go. */
const ageMsMax = 5 * 60_000;

/** Where the user is, if they let us know; asked for only after a tap that needs it. */
export function locate(): Promise<{ readonly lat: number; readonly lon: number } | undefined> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      () => resolve(undefined),
      { timeout: locateMsMax, maximumAge: ageMsMax },
    );
  });
}
