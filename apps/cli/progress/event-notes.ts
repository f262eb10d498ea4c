import type { EventView } from '../../../src/contracts/api.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { ProgressOptions } from './progress.ts';

/** A label and a text for an event that is worth a line of its own beside the stages. */
export interface EventNote {
  readonly label: 'warning' | 'retry' | 'removed' | 'decision' | 'hivemind';
  readonly text: string;
}

export function eventNote(event: EventView, { verbose }: ProgressOptions): EventNote | undefined {
  const text = singleLine(event.message);
  switch (event.type) {
    case 'warning':
      return { label: 'warning', text };
    case 'state.retried':
      return { label: 'retry', text: `trying again: ${text}` };
    case 'resource.removed':
      return { label: 'removed', text };
    case 'execution.resumed':
      return { label: 'hivemind', text };
    case 'decision':
      return verbose ? { label: 'decision', text } : undefined;
    default:
      return undefined;
  }
}
