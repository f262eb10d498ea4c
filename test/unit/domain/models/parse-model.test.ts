import { expect, test } from '@jest/globals';
import { modelName } from '../../../../src/domain/models/model-settings.ts';
import { parseModelReference } from '../../../../src/domain/models/parse-model.ts';

test.each([
  ['bedrock:global.anthropic.claude-sonnet-5-5', 'bedrock', 'global.anthropic.claude-sonnet-5-5'],
  [
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'bedrock',
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
  ],
  [
    'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x.y',
    'bedrock',
    'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x.y',
  ],
  [
    'bedrock:arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab1',
    'bedrock',
    'arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab1',
  ],
  [' anthropic:claude-opus-5-5 ', 'anthropic', 'claude-opus-5-5'],
  ['openai:gpt-6-luna', 'openai', 'gpt-6-luna'],
  ['google:claude-sonnet-4-5@20250929', 'google', 'claude-sonnet-4-5@20250929'],
])('%s names a model', (text, provider, id) => {
  expect(parseModelReference(text)).toEqual({ provider, id });
});

test('the name of a model names it again', () => {
  const model = parseModelReference('amazon.nova-micro-v1:0');
  expect(parseModelReference(modelName(model))).toEqual(model);
});

test.each([
  '',
  ' ',
  'mistral:large',
  'bedrock:',
  'openai:gpt 4',
  'a\nb',
  '$(id)',
  '-x',
  'bedrock:\u001b[31m',
  'x'.repeat(3_000),
])('%j names none', (text) => {
  expect(() => parseModelReference(text)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});

test('what is refused is shown without what could harm a terminal', () => {
  expect(() => parseModelReference('evil\u001b[2J:x')).toThrow(/^[^\u001b]*$/);
});
