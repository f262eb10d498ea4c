import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { Stack } from '../../src/domain/stack.ts';
import type { Analysed } from '../../src/stages/outputs.ts';
import type { AgentCall } from '../../src/stages/stage-context.ts';
import type { ObservedFacts } from './facts.ts';
import type { SheriffPorts } from './ports.ts';

/** What the repository and the way it is built show. */
export async function observeRepository(
  ports: SheriffPorts,
  { source, plan }: Analysed,
  call: AgentCall,
): Promise<ObservedFacts> {
  const tree = await ports.sources.open(source);
  const [secretsInRepository, audit, isolation] = await Promise.all([
    ports.scanner.secrets(tree, plan.root.value),
    ports.scanner.dependencies(tree, plan.root.value, call.signal),
    ports.builder.isolation(),
  ]);
  return { secretsInRepository, audit, isolation };
}

/** What the stacks, the resources and the running processes show. */
export async function observeRuntime(
  ports: SheriffPorts,
  execution: ReleaseExecution,
  computeStack: string,
): Promise<ObservedFacts> {
  const stacks = await ports.stacks.list(execution.deploymentId);
  const find = (matches: (stack: Stack) => boolean): Stack | undefined => stacks.find(matches);
  const balancer = find(({ blueprint }) => blueprint === 'load-balancer');
  const database = find(({ blueprint }) => blueprint === 'database');
  const compute = find(({ name }) => name === computeStack);
  const secrets = [compute?.parameters['environmentSecret'], compute?.parameters['databaseSecret']];
  const [seen, infrastructure] = await Promise.all([
    ports.runtime.observe(
      computeStack,
      secrets.flatMap((secret) => (secret ? [secret] : [])),
    ),
    ports.infrastructure.observe(execution.deploymentId),
  ]);
  const url = balancer?.outputs['url'];
  return {
    listener: url === undefined ? null : { host: new URL(url).hostname, tls: url.startsWith('https:') },
    databaseHost: database?.outputs['host'] ?? null,
    infrastructure,
    ...(seen && {
      secretFileModes: seen.secretFileModes,
      processArgumentsHoldSecret: seen.processArgumentsHoldSecret,
      runsAsRoot: seen.runsAsRoot,
      environmentNames: seen.environmentNames,
    }),
  };
}
