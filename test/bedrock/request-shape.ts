import { NormalizedSchema } from '@smithy/core/schema';
import { Refusal, validationError } from './service-error.ts';

type Schema = Parameters<typeof NormalizedSchema.of>[0];

const TYPE_NAMES = { string: 'String', number: 'Number', boolean: 'Boolean' } as const;

/**
 * Refuses a body that has fields the operation does not know, lacks those it needs, or has others where they do not belong. The
 * schemas are those of the SDK; `labels` are the members that stand in the path.
 */
export function checkShape(schema: Schema, body: unknown, labels: readonly string[] = []): void {
  check(NormalizedSchema.of(schema), body, '#', labels);
}

function check(schema: NormalizedSchema, value: unknown, path: string, labels: readonly string[] = []): void {
  if (schema.isDocumentSchema()) return;
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw expected('JSONArray', path);
    for (const [index, item] of value.entries()) check(schema.getValueSchema(), item, `${path}/${index}`);
    return;
  }
  if (schema.isStructSchema() || schema.isUnionSchema()) {
    checkStructure(schema, value, path, labels);
    return;
  }
  if (schema.isMapSchema()) {
    for (const [key, item] of Object.entries(objectAt(value, path))) {
      check(schema.getValueSchema(), item, `${path}/${key}`);
    }
    return;
  }
  checkScalar(schema, value, path);
}

function checkStructure(
  schema: NormalizedSchema,
  value: unknown,
  path: string,
  labels: readonly string[],
): void {
  const object = objectAt(value, path);
  const members = new Map(schema.structIterator());
  for (const [key, item] of Object.entries(object)) {
    const member = members.get(key);
    if (member === undefined || labels.includes(key)) {
      throw malformed(`${path}: extraneous key [${key}] is not permitted`);
    }
    check(member, item, `${path}/${key}`);
  }
  for (const key of [...members.keys()].slice(0, requiredCount(schema))) {
    if (!(key in object) && !labels.includes(key)) {
      throw malformed(`${path}: required key [${key}] not found`);
    }
  }
  if (schema.isUnionSchema() && Object.keys(object).length !== 1) {
    throw malformed(`${path}: expected exactly one of [${[...members.keys()].join(', ')}]`);
  }
}

/** The first members of a structure are the required ones; how many is its last entry. */
function requiredCount(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema();
  const count: unknown = Array.isArray(raw) ? raw[6] : 0;
  return typeof count === 'number' ? count : 0;
}

function checkScalar(schema: NormalizedSchema, value: unknown, path: string): void {
  const type = schema.isNumericSchema() ? 'number' : schema.isBooleanSchema() ? 'boolean' : 'string';
  if (typeof value !== type) throw expected(TYPE_NAMES[type], path);
}

function objectAt(value: unknown, path: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw expected('JSONObject', path);
  return value;
}

const expected = (type: string, path: string): Refusal => malformed(`${path}: expected type: ${type}`);

const malformed = (what: string): Refusal =>
  new Refusal(validationError(`Malformed input request: ${what}, please reformat your input and try again.`));
