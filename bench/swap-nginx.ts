import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../test/fixtures/free-port.ts';
import type { Section } from './measure.ts';
import { Clients } from './swap-clients.ts';
import { APPLICATION, type CommandResult } from './swap-deployment.ts';
import { measureRounds } from './swap-rounds.ts';

const NGINX = '/usr/sbin/nginx';
const SWAPS = 6;
const LONG_STREAMS_EVERY = 5;
/** As long as HiveMind lets the old release finish. */
const DRAIN_SECONDS = 30;
const COPIES = 2;
const run = promisify(execFile);

/** The same clients before nginx, the way it is done by hand: start the new processes, write the upstream, reload, end the old. */
export async function measureNginx(): Promise<Section> {
  const title = `nginx, ${SWAPS} swaps with a reload each, for comparison`;
  if (!existsSync(NGINX)) return { title, lines: [`skipped: there is no ${NGINX}`], holds: true };
  const site = await Site.open();
  let clients: Clients | undefined;
  try {
    clients = await Clients.start(site.url);
    const rounds = Array.from({ length: SWAPS }, (_, index) => ({
      name: `reload ${index + 1}`,
      longStreams: index % LONG_STREAMS_EVERY === 0,
      change: () => site.swap(`v${index + 1}`),
    }));
    return { ...(await measureRounds(clients, title, rounds, 0)), holds: true };
  } finally {
    await clients?.stop();
    await site.close();
  }
}

class Site {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #processes: readonly ChildProcess[] = [];

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async open(): Promise<Site> {
    const site = new Site(await mkdtemp(join(tmpdir(), 'hivemind-nginx-')), await freePort());
    await site.#startRelease('v0');
    await site.#nginx();
    return site;
  }

  /** The old processes may go when the workers of the old configuration have no connection left. */
  async swap(version: string): Promise<CommandResult> {
    const began = performance.now();
    const before = this.#processes;
    const workers = await this.#workers();
    await this.#startRelease(version);
    await this.#nginx('-s', 'reload');
    const deadline = performance.now() + DRAIN_SECONDS * 1000;
    while (performance.now() < deadline && (await this.#workers()).some((pid) => workers.includes(pid))) {
      await sleep(100);
    }
    await end(before);
    return { code: 0, seconds: (performance.now() - began) / 1000, stderr: '' };
  }

  async close(): Promise<void> {
    await this.#nginx('-s', 'stop');
    await end(this.#processes);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #startRelease(version: string): Promise<void> {
    const release = join(this.#folder, version);
    await cp(APPLICATION, release, { recursive: true });
    await writeFile(join(release, 'variant.json'), JSON.stringify({ version }));
    const ports = await Promise.all(Array.from({ length: COPIES }, freePort));
    this.#processes = ports.map((port) =>
      spawn(process.execPath, ['server.js'], {
        cwd: release,
        env: { ...process.env, PORT: String(port) },
        stdio: 'ignore',
      }),
    );
    await Promise.all(ports.map(untilHealthy));
    await writeFile(join(this.#folder, 'nginx.conf'), this.#configuration(ports));
  }

  #configuration(ports: readonly number[]): string {
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    return `
      ${user}
      pid ${this.#folder}/nginx.pid;
      error_log ${this.#folder}/error.log;
      worker_processes 1;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_body_temp_path ${this.#folder}/body;
        proxy_temp_path ${this.#folder}/proxy;
        fastcgi_temp_path ${this.#folder}/fastcgi;
        uwsgi_temp_path ${this.#folder}/uwsgi;
        scgi_temp_path ${this.#folder}/scgi;
        map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
        upstream application { ${ports.map((port) => `server 127.0.0.1:${port};`).join(' ')} keepalive 32; }
        server {
          listen 127.0.0.1:${this.#port};
          location / {
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_buffering off;
          }
        }
      }`;
  }

  async #nginx(...args: readonly string[]): Promise<void> {
    await run(NGINX, ['-p', this.#folder, '-c', join(this.#folder, 'nginx.conf'), ...args]);
  }

  async #workers(): Promise<readonly string[]> {
    const master = (await readFile(join(this.#folder, 'nginx.pid'), 'utf8')).trim();
    const children = await readFile(`/proc/${master}/task/${master}/children`, 'utf8');
    return children.trim().split(' ');
  }
}

async function end(processes: readonly ChildProcess[]): Promise<void> {
  const exits = processes.map((process) => once(process, 'exit'));
  for (const process of processes) process.kill();
  await Promise.all(exits);
}

async function untilHealthy(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(25);
  }
}
