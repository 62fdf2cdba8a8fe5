import { runCommand } from "#lib/cli/run-command.ts";
import { renderSaved } from "./bench/results.ts";
import { clientTypesFile, renderClientTypes } from "./client-types.ts";
import { renderConfigTable } from "./config-table.ts";
import { renderDashboards } from "./observe/render-dashboards.ts";
import { openApiFile, releasedFile, releaseOpenApi, renderOpenApi } from "./openapi.ts";

const command = {
  name: "docs",
  usage: `usage: bun run docs
  Writes the configuration table into README.md, saved figures into the benchmarks' README, the OpenAPI document
  that processes serve, its types for lib/client, the dashboards of Grafana, and with a new version what clients of
  it are promised.`,
  options: {},
} as const;

await runCommand(command, async () => {
  const file = new URL("../README.md", import.meta.url);
  const readme = await Bun.file(file).text();
  const between = /(<!-- config -->\n)[\s\S]*(<!-- \/config -->)/;
  await Bun.write(
    file,
    readme.replace(between, (_, start, end) => `${start}${renderConfigTable()}\n${end}`),
  );
  await renderSaved();
  const openApi = await renderOpenApi();
  await Bun.write(openApiFile, openApi);
  const released = releaseOpenApi(await Bun.file(releasedFile).json(), JSON.parse(openApi));
  await Bun.write(releasedFile, `${JSON.stringify(released)}\n`);
  await Bun.write(clientTypesFile, await renderClientTypes(openApi));
  const dashboards = new URL("observe/grafana/dashboards/", import.meta.url);
  for (const [name, text] of renderDashboards()) await Bun.write(new URL(name, dashboards), text);
  return 0;
});
