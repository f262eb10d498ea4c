import { printable } from '../deployment.ts';
import { HiveMindError } from '../errors.ts';
import { MODEL_PROVIDERS, type ModelProvider, type ModelReference } from './model-settings.ts';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,2047}$/;
/** What stands before the first colon and is no part of an id: ids of Bedrock have a dot there, or begin with `arn`. */
const PREFIX = /^([A-Za-z][A-Za-z0-9_-]*):/;
const SHOWN_CHARACTERS = 80;

/**
 * `provider:id`, or an id of Bedrock alone.
 * @throws {HiveMindError} InvalidInput
 */
export function parseModelReference(text: string): ModelReference {
  const trimmed = text.trim();
  const prefix = PREFIX.exec(trimmed)?.[1];
  if (prefix === undefined || prefix === 'arn') return { provider: 'bedrock', id: parseId(trimmed, text) };
  if (!isProvider(prefix)) throw invalid(text, `"${printable(shown(prefix))}" is no provider of models`);
  return { provider: prefix, id: parseId(trimmed.slice(prefix.length + 1), text) };
}

function parseId(id: string, text: string): string {
  if (ID.test(id)) return id;
  throw invalid(text, 'the id of a model has letters, digits and . _ : / @ - only');
}

const isProvider = (text: string): text is ModelProvider => MODEL_PROVIDERS.some((known) => known === text);

const shown = (text: string): string =>
  text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;

const invalid = (text: string, why: string): HiveMindError =>
  new HiveMindError('InvalidInput', `"${printable(shown(text))}" does not name a model: ${why}`, {
    hint: `name it as provider:id, for example bedrock:global.anthropic.claude-sonnet-5-5; providers are ${MODEL_PROVIDERS.join(', ')}`,
  });
