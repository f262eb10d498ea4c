import type { Agent } from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { applyFix } from './apply-fix.ts';
import { askOperator } from './ask-operator.ts';
import { giveUp } from './give-up.ts';
import type { MedicPorts } from './ports.ts';
import { medicEvent } from './schema.ts';

/** Medic: says what failed and what helps, asks where it has to, and mends. Every Catch of a workflow leads here. */
export const medic =
  (ports: MedicPorts): Agent =>
  async (input, call) => {
    const event = parseEvent(medicEvent, input);
    switch (event.action) {
      case 'diagnose': {
        // All that is known of failures, which the other actions do without.
        const { diagnoseFailure } = await import('./diagnose-failure.ts');
        return await diagnoseFailure(ports, event.executionId, event.error, call.signal);
      }
      case 'ask':
        return await askOperator(ports, event.executionId, event.taskToken);
      case 'apply':
        return await applyFix(ports, event.executionId);
      case 'give-up':
        return await giveUp(ports, event.executionId);
    }
  };
