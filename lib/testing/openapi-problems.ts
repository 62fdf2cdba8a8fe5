/**
 * What is wrong with an OpenAPI 3.1 document, one sentence each; none for a document that generated
 * clients can use. Beyond the standard it asks what Eco² promises of every operation: a summary, a
 * tag, an id of its own, and a problem document for what the caller did wrong.
 */
export function openApiProblems(document: unknown): string[] {
  const root = record(document);
  const problems: string[] = [];
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  check(/^3\.1\.\d+$/.test(text(root.openapi)), "openapi is not 3.1");
  for (const field of ["title", "version"]) {
    check(text(record(root.info)[field]) !== "", `info.${field} is missing`);
  }
  const operations = Object.entries(record(root.paths)).flatMap(([path, methods]) =>
    Object.entries(record(methods)).map(([method, value]) => ({ path, method, value })),
  );
  check(operations.length > 0, "there are no operations");
  const ids = operations.map(({ value }) => text(record(value).operationId));
  for (const { path, method, value } of operations) {
    const found = [...operationProblems(root, path, record(value))];
    const id = text(record(value).operationId);
    if (ids.filter((other) => other === id).length > 1) found.push("operationId is not unique");
    problems.push(...found.map((problem) => `${method} ${path}: ${problem}`));
  }
  const schemes = record(record(root.components).securitySchemes);
  for (const requirement of list(root.security).flatMap((one) => Object.keys(record(one)))) {
    check(requirement in schemes, `security scheme ${requirement} is not described`);
  }
  for (const reference of references(root)) {
    check(resolve(root, reference) !== undefined, `${reference} leads nowhere`);
  }
  return problems;
}

function* operationProblems(root: Fields, path: string, operation: Fields): Generator<string> {
  if (!/^[A-Za-z]\w*$/.test(text(operation.operationId))) yield "operationId is no identifier";
  if (text(operation.summary) === "") yield "summary is missing";
  if (list(operation.tags).length === 0) yield "tag is missing";
  const parameters = list(operation.parameters).map(record);
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const described = parameters.some(
      (one) => one.in === "path" && one.name === name && one.required === true,
    );
    if (!described) yield `path parameter ${name} is not described`;
  }
  const answers = Object.entries(record(operation.responses));
  for (const [status, answer] of answers) {
    if (text(record(answer).description) === "") yield `${status} has no description`;
    if (/^[45]/.test(status) && !isProblem(root, record(answer)))
      yield `${status} is no problem document`;
  }
  // A redirect is one where a browser is the caller; 304 is none by itself.
  if (!answers.some(([status]) => /^(?:2|30[12378])/.test(status))) yield "no success is described";
  const isBodied = operation.requestBody !== undefined;
  const isPublic = operation.security !== undefined && list(operation.security).length === 0;
  // Who need not be known and gives nothing but a header that is for everybody can make none.
  const isAsked = parameters.some((one) => one.$ref === undefined);
  const isHarmless = isPublic && !isAsked && !isBodied;
  if (!isHarmless && !answers.some(([status]) => /^4/.test(status)))
    yield "no mistake of the caller is described";
  for (const [type, content] of Object.entries(record(record(operation.requestBody).content))) {
    if (record(content).schema === undefined) yield `the ${type} body has no schema`;
  }
  if (isBodied && !answers.some(([status]) => status === "415"))
    yield "a body's type is not refused";
}

function isProblem(root: Fields, answer: Fields): boolean {
  const content = record(record(answer.content)["application/problem+json"]);
  const { $ref: name } = record(content.schema);
  const schema = record(typeof name === "string" ? resolve(root, name) : content.schema);
  const required = list(schema.required);
  return ["status", "code", "title", "detail"].every((field) => required.includes(field));
}

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : references(inner),
  );
}

function resolve(root: Fields, reference: string): unknown {
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce<unknown>((at, step) => record(at)[step], root);
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
