import { describe, expect, test } from '@jest/globals';
import { fieldChange } from '../../../../src/adapters/aws/deployment-store/field-change.ts';

describe('the change of a record', () => {
  test('sets fields, clears those that are undefined, and sets attributes beside them', () => {
    expect(fieldChange({ status: 'ACTIVE', url: undefined }, { gsi1pk: 'deployment#ACTIVE' })).toEqual({
      UpdateExpression: 'SET #document.#status = :status, gsi1pk = :gsi1pk REMOVE #document.#url',
      ExpressionAttributeNames: { '#document': 'document', '#status': 'status', '#url': 'url' },
      ExpressionAttributeValues: { ':status': 'ACTIVE', ':gsi1pk': 'deployment#ACTIVE' },
    });
  });

  test('takes null for a value', () => {
    expect(fieldChange({ endedAt: null }).ExpressionAttributeValues).toEqual({ ':endedAt': null });
  });
});
