import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

type Expression = Pick<UpdateCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames'> &
  Required<Pick<UpdateCommandInput, 'ExpressionAttributeValues'>>;

/**
 * Sets the fields of an item's `document` one by one, and removes those that are undefined: two writers that change different
 * fields at the same time do not undo each other's. `attributes` are set beside the document.
 */
export function fieldChange(
  fields: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, string>> = {},
): Expression {
  const names: Record<string, string> = { '#document': 'document' };
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  const removals: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    names[`#${field}`] = field;
    if (value === undefined) removals.push(`#document.#${field}`);
    else {
      values[`:${field}`] = value;
      sets.push(`#document.#${field} = :${field}`);
    }
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    values[`:${attribute}`] = value;
    sets.push(`${attribute} = :${attribute}`);
  }
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removals.length > 0 ? `REMOVE ${removals.join(', ')}` : '',
  ];
  return {
    UpdateExpression: clauses.filter(Boolean).join(' '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
