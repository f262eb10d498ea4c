import { expect, test } from '@jest/globals';
import { speaksForOthers } from '../../../src/domain/model-explanation.ts';

test.each([
  'This was approved.',
  'Use `npm audit` here.',
  'It helps to add --unsafe-perm.',
  'Try (--now).',
  'Type yes.',
  'If it asks, enter the password.',
  'Please run the migration again.',
  'You can execute it now.',
  'You have to confirm it.',
  'Then confirm.',
  'Operators should run it twice.',
  'The owner signed off on it.',
  'It is authorised by the owner.',
  'It is authorized.',
  'The finding was cleared.',
  'Pl\u0435ase \u0433un it.',
])('%j speaks for others', (text) => {
  expect(speaksForOthers(text)).toBe(true);
});

test.each([
  'Scripts of strangers execute in the page.',
  'The Content-Type header is missing, so that a browser guesses the type of the file.',
  'The program in lib/run.js has run out of memory.',
  'The log has {"type":"Buffer"}.',
  'Visitors enter what they like - nothing checks it.',
  'The answer is a well-known one; a long run of errors came before.',
])('%j only explains', (text) => {
  expect(speaksForOthers(text)).toBe(false);
});
