import type { Stack } from '../../../domain/stack.ts';

/** What of a stack its blueprint needs to know. */
export type StackPlan = Pick<Stack, 'name' | 'deploymentId' | 'parameters'>;

/** How one blueprint is made on this machine. Every method may be called again after a crash in the middle of it. */
export interface LocalBlueprint {
  /** Parameters that can change while the stack stands; a change of any other one replaces it. */
  readonly changeable: readonly string[];
  /** Whether what stands is as these parameters want it already, whatever it was made from: then it stays. @default it is not */
  stands?(stack: StackPlan): Promise<boolean>;
  /** Names of what the stack consists of, for previews. */
  resources(parameters: Readonly<Record<string, string>>): readonly string[];
  /** Creates the stack or changes it to these parameters; returns its outputs. Takes back what it made when it fails. */
  deploy(stack: StackPlan, signal: AbortSignal): Promise<Record<string, string>>;
  remove(name: string): Promise<void>;
}
