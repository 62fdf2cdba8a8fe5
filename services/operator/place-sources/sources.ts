import batteryBins from "./battery-bins.json" with { type: "json" };
import clothingBins from "./clothing-bins.json" with { type: "json" };
import recyclingCenters from "./recycling-centers.json" with { type: "json" };
import zeroWasteShops from "./zero-waste-shops.json" with { type: "json" };

/** The registers whose columns are known, by the name of their source. */
export const SOURCES: Readonly<Record<string, unknown>> = {
  "battery-bins": batteryBins,
  "clothing-bins": clothingBins,
  "recycling-centers": recyclingCenters,
  "zero-waste-shops": zeroWasteShops,
};
