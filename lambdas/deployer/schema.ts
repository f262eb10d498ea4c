import * as z from 'zod';
import { failureShape } from '../../src/contracts/deployment.ts';
import { COLORS } from '../../src/domain/deployment.ts';
import type { ColorTraffic } from '../../src/domain/release-gate.ts';
import type { Swap } from '../../src/domain/swap.ts';
import { rollShape } from '../../src/stages/roll-progress.ts';
import { taskEvent } from '../../src/stages/task-event.ts';

export const deployerEvent = taskEvent.extend({
  action: z.enum(['migrate', 'roll', 'release', 'start', 'shift', 'complete', 'retire']),
});

/** What a shift writes down of its way. */
export const swapProgress = z.strictObject({
  swap: z.strictObject({
    to: z.enum(COLORS),
    steps: z.array(z.number().int()).readonly(),
    bakeSeconds: z.number(),
    step: z.number().int(),
    since: z.string().nullable(),
    shortSince: z.string().nullable().default(null),
    wholeSince: z.string().nullable().default(null),
  }) satisfies z.ZodType<Swap>,
  /** How many targets the new colour has when all of its instances are healthy. */
  targets: z.number().int().default(1),
  /** ISO time at which the shift began. */
  startedAt: z.string(),
});
export type SwapProgress = z.infer<typeof swapProgress>;

const latencyBounds = z.strictObject({ least: z.number(), most: z.number() });

/** What a rolling update writes down of its way. */
export const rollProgress = z.strictObject({
  roll: rollShape,
  /** Why the old release is put back; null while the new one is rolled out. */
  failure: failureShape.pick({ code: true, message: true, hint: true, logTail: true }).nullable(),
  /** ISO time at which it began to go this way. */
  since: z.string(),
  /** The requests before it began. */
  reference: z.strictObject({
    requests: z.number(),
    errors: z.number(),
    p95Milliseconds: z.number().nullable(),
    slowestMilliseconds: z.number().nullable(),
    certain: z.strictObject({ p50: latencyBounds, p95: latencyBounds }).optional(),
  }) satisfies z.ZodType<ColorTraffic>,
});
export type RollProgress = z.infer<typeof rollProgress>;
