import type { BuildingFacts } from '../../src/adapters/aws/stack-engine/facts.ts';
import { awsStackEngine } from '../../src/adapters/aws/stack-engine.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type Account, openAccount } from './account.ts';
import { type Fate, openProxy, type ProxiedCall } from './proxy.ts';
import { engineFacts } from './stack-engine.ts';
import { StackScenes } from './stack-scenes.ts';

export interface ScenedEngine {
  readonly account: Account;
  readonly scenes: StackScenes;
  readonly engine: StackEngine;
  readonly engineWith: (chosen: Partial<BuildingFacts>) => StackEngine;
  /** Names of the calls that changed something, in order. */
  readonly changes: () => readonly string[];
  readonly close: () => Promise<void>;
}

const MUTATING = /^(Create|Update|Delete|Execute|Continue|Modify)/;

/** An engine in an account of its own, whose CloudFormation plays scenes; `decide` is asked before them. */
export async function scenedEngine(
  decide: (call: ProxiedCall) => Fate | undefined = () => undefined,
): Promise<ScenedEngine> {
  const account = await openAccount();
  const scenes = new StackScenes(account);
  const proxy = await openProxy(account, (call) => decide(call) ?? scenes.decide(call));
  const engineWith = (chosen: Partial<BuildingFacts>) => awsStackEngine(engineFacts(proxy.account, chosen));
  return {
    account,
    scenes,
    engine: engineWith({}),
    engineWith,
    changes: () => proxy.calls.map(({ action }) => action).filter((action) => MUTATING.test(action)),
    close: () => proxy.close(),
  };
}
