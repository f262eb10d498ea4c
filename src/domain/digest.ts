import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './json.ts';

/** SHA-256 of the canonical JSON, as 64 hex digits. */
export const digestOf = (value: Json | undefined): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
