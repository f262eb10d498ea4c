/**
 * Proves that a change takes no request away: `npm run bench:swap`. Clients of every kind ask a local deployment without a break
 * while it is updated twenty times, rolled back, replaced in place and updated to releases that fail; the same clients then ask
 * nginx, which is reloaded for each swap. Sections by name, all without one: `npm run bench:swap -- updates faults`.
 */
import { printSection, type Section } from './measure.ts';
import { Clients } from './swap-clients.ts';
import { SwapDeployment } from './swap-deployment.ts';
import { measureFaults } from './swap-faults.ts';
import { measureNginx } from './swap-nginx.ts';
import { measureRounds, type Round } from './swap-rounds.ts';

const UPDATES = 20;
const LEAST_REQUESTS = 50_000;
const ROLLING_UPDATES = 3;
/** Streams of 25 s make the next update wait for them. */
const LONG_STREAMS_EVERY = 5;
const SLOW_START_EVERY = 4;
const SLOW_START_SECONDS = 3;
const SWAP = ['--steps', '10,50,100', '--bake', '1s'];

const SECTIONS = ['updates', 'rollback', 'rolling', 'faults', 'nginx'] as const;
const named = process.argv.slice(2);
const unknown = named.filter((name) => !SECTIONS.some((section) => section === name));
if (unknown.length > 0) throw new Error(`no section ${unknown.join(', ')}: there are ${SECTIONS.join(', ')}`);
const isWanted = (section: (typeof SECTIONS)[number]) => named.length === 0 || named.includes(section);

const sections: Section[] = [];
await measureDeployment();
if (isWanted('nginx')) show(await measureNginx());
process.exitCode = sections.every(({ holds }) => holds) ? 0 : 1;

async function measureDeployment(): Promise<void> {
  const deployment = await SwapDeployment.create();
  let clients: Clients | undefined;
  try {
    clients = await Clients.start(await deployment.deploy());
    if (isWanted('updates')) show(await measureUpdates(clients, deployment));
    if (isWanted('rollback')) show(await measureRollbacks(clients, deployment));
    if (isWanted('rolling')) show(await measureRolling(clients, deployment));
    if (isWanted('faults')) show(await measureFaults(clients, deployment));
  } finally {
    await clients?.stop();
    await deployment.remove();
  }
}

function show(section: Section): void {
  sections.push(section);
  printSection(section);
}

function measureUpdates(clients: Clients, deployment: SwapDeployment): Promise<Section> {
  const rounds = Array.from({ length: UPDATES }, (_, index) => updateRound(deployment, index + 1));
  const title = `${UPDATES} updates in a row, 10 %, 50 %, 100 % of 1 s each`;
  return measureRounds(clients, title, rounds, LEAST_REQUESTS);
}

function measureRollbacks(clients: Clients, deployment: SwapDeployment): Promise<Section> {
  const rollback = (name: string, ...options: readonly string[]): Round => ({
    name,
    longStreams: false,
    change: () => deployment.change('rollback', ...options),
  });
  const rounds = [
    updateRound(deployment, 101),
    rollback('rollback, warm'),
    rollback('rollback to the newest, warm', '--keep-warm', '0s'),
    rollback('rollback, from what is kept'),
    updateRound(deployment, 102),
  ];
  return measureRounds(clients, 'Updates with rollbacks in the middle', rounds, 0);
}

function measureRolling(clients: Clients, deployment: SwapDeployment): Promise<Section> {
  const rounds = Array.from({ length: ROLLING_UPDATES }, (_, index) =>
    updateRound(deployment, 201 + index, ['--rolling']),
  );
  return measureRounds(clients, `${ROLLING_UPDATES} updates in place, one instance at a time`, rounds, 0);
}

function updateRound(deployment: SwapDeployment, number: number, options: readonly string[] = SWAP): Round {
  const isSlow = number % SLOW_START_EVERY === 0;
  const longStreams = number % LONG_STREAMS_EVERY === 1;
  const notes = [...(isSlow ? ['slow start'] : []), ...(longStreams ? ['25 s requests'] : [])];
  return {
    name: [`update ${number}`, ...notes].join(', '),
    longStreams,
    change: async () => {
      await deployment.commit({ version: `v${number}`, ...(isSlow && { startSeconds: SLOW_START_SECONDS }) });
      return await deployment.change('update', ...options);
    },
  };
}
