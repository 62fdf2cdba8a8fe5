import { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { DASHBOARDS, type Panel } from "./dashboards.ts";

/** As `grafana/datasources.yaml` names it. */
const datasource = { type: "prometheus", uid: "prometheus" };
/** Of 24 columns. */
const width = 12;

/** Every dashboard as Grafana reads it, by its file below `grafana/dashboards`. */
export function renderDashboards(): ReadonlyMap<string, string> {
  return new Map(
    DASHBOARDS.map(({ uid, title, panels }) => {
      const builder = new DashboardBuilder(title)
        .uid(uid)
        .tags(["eco2"])
        .refresh("30s")
        .time({ from: "now-3h", to: "now" });
      for (const panel of panels) builder.withPanel(toPanel(panel));
      return [`${uid}.json`, `${JSON.stringify(builder.build(), null, 2)}\n`];
    }),
  );
}

function toPanel({ title, unit, queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder().title(title).unit(unit).min(0).span(width).height(8);
  panel.datasource(datasource);
  for (const [expr, legend] of queries) {
    panel.withTarget(new DataqueryBuilder().expr(expr).legendFormat(legend));
  }
  return panel;
}
