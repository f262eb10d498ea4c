import type { EventView } from '../../../src/contracts/api.ts';
import { CAUSES, type CauseId } from '../../../src/domain/diagnosis/taxonomy/causes.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { ProgressOptions } from './progress.ts';

/** A label and a text for an event that is worth a line of its own beside the stages. */
export interface EventNote {
  readonly label: 'warning' | 'retry' | 'removed' | 'decision' | 'fix' | 'hivemind';
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
    case 'fix.proposed':
      // What is asked about is shown in full by whoever asks.
      return event.data['isAsked'] === true ? undefined : { label: 'fix', text: `${text}${reasonOf(event)}` };
    case 'fix.answered':
      return { label: 'fix', text: `${text} (${singleLine(event.actor)})` };
    case 'fix.concluded':
      return { label: 'fix', text };
    case 'decision':
      return verbose ? { label: 'decision', text } : undefined;
    default:
      return undefined;
  }
}

/** `, because the port is already taken (96 % sure)` */
function reasonOf({ data }: EventView): string {
  const { cause, confidence } = data;
  if (typeof cause !== 'string' || !isCause(cause)) return '';
  const sure = typeof confidence === 'number' ? ` (${Math.round(confidence * 100)} % sure)` : '';
  return `, because ${CAUSES[cause].meaning}${sure}`;
}

const isCause = (name: string): name is CauseId => Object.hasOwn(CAUSES, name);
