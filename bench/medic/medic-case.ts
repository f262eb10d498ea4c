import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { PHASES } from '../../src/domain/diagnosis/signature.ts';

/** A failure text with what is right about it, one JSON document a line. */
const medicCase = z.object({
  id: z.string(),
  stage: z.enum(PHASES).optional(),
  target: z.enum(['aws', 'local', 'both']).optional(),
  text: z.string(),
  cause: z.string(),
  /** Other causes that are right too. */
  accept: z.array(z.string()).default([]),
  fix: z.string(),
  params: z.record(z.string(), z.json()).default({}),
});
export type MedicCase = z.infer<typeof medicCase>;

/** @throws {Error} naming the line that is none */
export async function readCases(file: string): Promise<readonly MedicCase[]> {
  const cases: MedicCase[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.trim() !== '') cases.push(medicCase.parse(JSON.parse(line)));
  }
  return cases;
}
