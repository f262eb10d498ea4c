import { expect, test } from '@jest/globals';
import { redaction, secretValues } from '../../../../apps/instance/redaction.ts';

test('hides the longest value first, and single lines of a value of several', () => {
  const redact = redaction([
    'password',
    'password-and-more',
    '-----BEGIN KEY-----\nabcdefghij\n-----END KEY-----',
  ]);
  expect(redact('is password-and-more')).toBe('is [redacted]');
  expect(redact('a password b')).toBe('a [redacted] b');
  expect(redact('line abcdefghij here')).toBe('line [redacted] here');
});

test('leaves alone what is too short to be told from other text', () => {
  expect(secretValues({ A: 'on', B: 'long enough' }, ['A', 'B', 'C'])).toEqual(['long enough']);
});
