import { describe, expect, test } from "bun:test";
import { convertFiles, parse } from "@cdktn/hcl2json";
import { draftPrefix } from "../../services/images/adapters/s3-store.ts";
import { namespaces } from "../k8s/names.ts";
import { operators } from "../k8s/operators.ts";
import { OVERLAYS } from "../k8s/overlays.ts";
import { WORKERS } from "../k8s/processes.ts";

/** Syntax, names and references: what a plan would show needs an account. */
const { aws, name } = OVERLAYS.prod;
const module = await convertFiles(import.meta.dir);
const text = JSON.stringify(module);
const given: Readonly<Record<string, string | undefined>> = {
  "local.full_name": `eco2-${name}`,
  "var.name": name,
  "var.domain": aws?.domain,
};
const expand = (value: string) =>
  value.replace(/\$\{([\w.]+)\}/g, (whole, path) => given[path] ?? whole);

test("every name and ARN that a manifest uses is an output", () => {
  expect(Object.keys(module.output).toSorted()).toEqual(Object.keys(aws ?? {}).toSorted());
});

test("what is referred to is there", () => {
  const own = [...text.matchAll(/\b(data\.)?(aws_\w+)\.(\w+)/g)];
  expect(own.length).toBeGreaterThan(50);
  for (const [path, data, kind = "", one = ""] of own) {
    const isThere = (data ? module.data : module.resource)[kind]?.[one] !== undefined;
    expect([path, isThere]).toEqual([path, true]);
  }
  const locals = Object.keys(Object.assign({}, ...module.locals));
  const used = (what: string) =>
    [...text.matchAll(new RegExp(`\\b${what}\\.(\\w+)`, "g"))].map(([, one]) => one);
  expect(locals).toEqual(expect.arrayContaining(used("local")));
  expect(Object.keys(module.variable)).toEqual(expect.arrayContaining(used("var")));
});

test("a file that is no HCL is refused", async () => {
  await expect(parse("x.tf", 'output "a" { value = ')).rejects.toThrow();
});

describe("the names are those of the manifests:", () => {
  const { resource } = module;

  test("bucket, secret, cluster, registry, photos", () => {
    expect(expand(resource.aws_s3_bucket.photos[0].bucket)).toBe(aws?.photos_bucket ?? "");
    expect(expand(resource.aws_secretsmanager_secret.this[0].name)).toBe(aws?.secret_name ?? "");
    expect(expand(resource.aws_eks_cluster.this[0].name)).toBe(aws?.cluster_name ?? "");
    expect(expand(resource.aws_route53_record.photos[0].name)).toBe(aws?.cdn_domain ?? "");
    expect(expand(resource.aws_acm_certificate.api[0].domain_name)).toBe(
      new URL(OVERLAYS.prod.settings.PUBLIC_URL ?? "").hostname,
    );
    expect(resource.aws_ecr_repository.this[0].for_each).toContain(
      JSON.stringify(["edge", "worker", "operator"]).replaceAll(",", ", "),
    );
    const [cors] = resource.aws_s3_bucket_cors_configuration.photos[0].cors_rule;
    expect(cors.allowed_origins.map(expand)).toEqual([OVERLAYS.prod.settings.CORS_ORIGINS]);
    expect(cors.allowed_methods).toEqual(["PUT"]);
  });

  test("drafts expire, and the CDN does not read them", () => {
    const [rule] = resource.aws_s3_bucket_lifecycle_configuration.photos[0].rule;
    expect(rule.filter[0].prefix).toBe(draftPrefix);
    const [statement] = module.data.aws_iam_policy_document.photos[0].statement;
    expect(statement.not_resources).toEqual([`\${aws_s3_bucket.photos.arn}/${draftPrefix}*`]);
  });

  test("nodes that are kept for workers", () => {
    const pools = Object.keys(module.variable.node_pools[0].default);
    const wanted = Object.values(WORKERS).map(({ nodes }) => nodes);
    expect(pools).toEqual(expect.arrayContaining(wanted));
    const [taint] = resource.aws_eks_node_group.this[0].dynamic.taint;
    expect(taint.content[0]).toMatchObject({ key: "domain", effect: "NO_SCHEDULE" });
  });

  test("service accounts that have a role", () => {
    const accounts = Object.assign({}, ...module.locals).service_accounts;
    const installed = operators(OVERLAYS.prod).flatMap(({ name, namespace, values }) => {
      const role = /"eks.amazonaws.com\/role-arn":"[^"]*role\/eco2-prod-([\w-]+)"/.exec(
        JSON.stringify(values ?? {}),
      )?.[1];
      return role ? [[role, `${namespace}:${name}`]] : [];
    });
    expect(installed.length).toBe(3);
    expect(accounts).toMatchObject(Object.fromEntries(installed));
    expect(accounts.photos).toBe(`${namespaces.apps}:images`);
    expect(OVERLAYS.prod.settings.AWS_ROLE_ARN).toEndWith(`:role/eco2-${name}-photos`);
  });
});
