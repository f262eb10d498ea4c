import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measure } from './measure.js';

const inbox = process.env.INBOX ?? new URL('inbox', import.meta.url).pathname;
const pollSeconds = Number(process.env.POLL_SECONDS ?? 5);

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());

const done = new Set();
log('info', 'worker started', { inbox, pollSeconds, release: process.env.HIVEMIND_RELEASE });
while (!stopping.signal.aborted) {
  await work();
  await sleep(pollSeconds * 1000, undefined, { signal: stopping.signal }).catch(onlyWhenStopping);
}
log('info', 'worker stopped', { items: done.size });

/** Measures every text that is new. The one under way is finished before the worker stops. */
async function work() {
  const names = (await readdir(inbox)).filter((name) => name.endsWith('.txt') && !done.has(name)).sort();
  for (const name of names) {
    if (stopping.signal.aborted) return;
    await measureItem(name);
  }
}

async function measureItem(name) {
  const started = performance.now();
  done.add(name);
  try {
    const result = measure(await readFile(join(inbox, name), 'utf8'));
    log('info', 'item measured', {
      item: name,
      ...result,
      milliseconds: Math.round(performance.now() - started),
    });
  } catch (error) {
    log('error', 'item failed', { item: name, reason: error.message });
  }
}

function log(level, message, fields) {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
}

function onlyWhenStopping(error) {
  if (error.name !== 'AbortError') throw error;
}
