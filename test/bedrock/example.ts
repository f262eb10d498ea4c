import type { Json } from '../../src/domain/json.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The plainest value that a JSON Schema allows, as far as Zod writes such schemas. */
export function exampleOf(schema: unknown, root: unknown = schema): Json {
  const rules = asSchema(schema);
  if ('const' in rules) return rules['const'] as Json;
  if (Array.isArray(rules['enum'])) return rules['enum'][0] as Json;
  if (typeof rules['$ref'] === 'string') return exampleOf(resolve(root, rules['$ref']), root);
  const choices = rules['anyOf'] ?? rules['oneOf'] ?? rules['allOf'];
  if (Array.isArray(choices)) return exampleOf(choices[0], root);
  if (rules['type'] === 'object') return exampleObject(rules, root);
  if (rules['type'] === 'array') {
    const length = Number(rules['minItems'] ?? 0);
    return Array.from({ length }, () => exampleOf(rules['items'], root));
  }
  if (rules['type'] === 'boolean') return false;
  if (rules['type'] === 'null') return null;
  if (rules['type'] === 'string') return 'a'.repeat(Math.max(1, Number(rules['minLength'] ?? 1)));
  return Number(rules['minimum'] ?? 0);
}

function exampleObject(rules: Schema, root: unknown): Json {
  const properties = Object.entries(asSchema(rules['properties']));
  const required: readonly unknown[] = Array.isArray(rules['required']) ? rules['required'] : [];
  const needed = properties.filter(([name]) => required.includes(name));
  return Object.fromEntries(needed.map(([name, property]) => [name, exampleOf(property, root)]));
}

const resolve = (root: unknown, reference: string): unknown =>
  reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => asSchema(at)[key], root);

const asSchema = (value: unknown): Schema => Object(value);
