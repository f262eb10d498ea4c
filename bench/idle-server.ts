import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { row, type Section, verdict } from './measure.ts';

const MOST_RSS_MEGABYTES = 130;
const MOST_CPU_PERCENT = 1;
const SETTLE_SECONDS = 5;
const WATCH_SECONDS = 20;
/** Clock ticks of `/proc/<pid>/stat` a second; fixed at 100 in the kernel's interface to user space. */
const TICKS_PER_SECOND = 100;

/** Memory and processor time of `hivemind serve` with one deployment and nobody asking. */
export async function measureIdleServer(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'hivemind-idle-'));
  const environment = { ...process.env, HIVEMIND_HOME: join(folder, 'home') };
  try {
    await hivemind(
      environment,
      'deploy',
      fileURLToPath(new URL('../examples/static-site', import.meta.url)),
      '--json',
    );
    const { pid } = JSON.parse(await readFile(join(folder, 'home', 'server.json'), 'utf8')) as {
      pid: number;
    };
    await sleep(SETTLE_SECONDS * 1000);
    const before = await cpuSeconds(pid);
    await sleep(WATCH_SECONDS * 1000);
    const cpuPercent = (((await cpuSeconds(pid)) - before) / WATCH_SECONDS) * 100;
    return idleSection(await residentMegabytes(pid), cpuPercent);
  } finally {
    await hivemind(environment, 'serve', '--stop');
    await rm(folder, { recursive: true, force: true });
  }
}

function idleSection(megabytes: number, cpuPercent: number): Section {
  return {
    title: `Idle server with one deployment, watched for ${WATCH_SECONDS} s`,
    lines: [
      row('resident memory', `${megabytes.toFixed(0)} MB`),
      row('processor', `${cpuPercent.toFixed(2)} %`),
      verdict(`at most ${MOST_RSS_MEGABYTES} MB`, megabytes <= MOST_RSS_MEGABYTES),
      verdict(`less than ${MOST_CPU_PERCENT} %`, cpuPercent < MOST_CPU_PERCENT),
    ],
    holds: megabytes <= MOST_RSS_MEGABYTES && cpuPercent < MOST_CPU_PERCENT,
  };
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1_000_000;
}

async function hivemind(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL('../bin/hivemind', import.meta.url));
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`hivemind ${args.join(' ')} ended with code ${code}`);
}
