import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { Hono } from 'hono';
import type * as z from 'zod';
import type { healthDocument } from '../../src/contracts/api.ts';

type HealthDocument = z.output<typeof healthDocument>;
type HealthCheck = HealthDocument['checks'][number];

export interface HealthOptions {
  readonly version: string;
  /** Folder whose file system has to have space. */
  readonly folder: string;
  /** Throws when the state cannot be read. */
  readonly readState: () => void;
  /** Databases that should run and do not. */
  readonly brokenDatabases: () => Promise<readonly string[]>;
}

export type Health = Record<'live' | 'ready', () => Promise<HealthDocument>>;

const MEBIBYTE = 1024 * 1024;
const DISK_DEGRADED_BYTES = 1024 * MEBIBYTE;
const DISK_UNHEALTHY_BYTES = 100 * MEBIBYTE;
const MEMORY_DEGRADED_SHARE = 0.05;

export function serverHealth(options: HealthOptions): Health {
  return {
    live: async () => ({ status: 'healthy', version: options.version, checks: [] }),
    ready: async () => {
      const checks = await Promise.all([
        stateCheck(options.readState),
        databasesCheck(options.brokenDatabases),
        diskCheck(options.folder),
        memoryCheck(),
        modelCheck(),
      ]);
      return { status: worst(checks), version: options.version, checks };
    },
  };
}

/** `GET /health/live` and `GET /health/ready`; they need no token and say nothing about deployments. */
export function healthRoutes(health: Health): Hono {
  const routes = new Hono();
  for (const path of ['live', 'ready'] as const) {
    routes.get(`/${path}`, async (context) => {
      const document = await health[path]();
      return context.json(document, document.status === 'unhealthy' ? 503 : 200);
    });
  }
  return routes;
}

const worst = (checks: readonly HealthCheck[]): HealthDocument['status'] =>
  (['unhealthy', 'degraded'] as const).find((status) => checks.some((check) => check.status === status)) ??
  'healthy';

async function stateCheck(readState: () => void): Promise<HealthCheck> {
  try {
    readState();
    return { name: 'state', status: 'healthy', detail: 'the state can be read' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name: 'state', status: 'unhealthy', detail: `the state cannot be read: ${detail}` };
  }
}

async function databasesCheck(brokenDatabases: () => Promise<readonly string[]>): Promise<HealthCheck> {
  const broken = await brokenDatabases();
  const name = 'databases';
  if (broken.length === 0) return { name, status: 'healthy', detail: 'every database runs' };
  return { name, status: 'degraded', detail: `not running: ${broken.length}` };
}

async function diskCheck(folder: string): Promise<HealthCheck> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const status =
    free < DISK_UNHEALTHY_BYTES ? 'unhealthy' : free < DISK_DEGRADED_BYTES ? 'degraded' : 'healthy';
  return { name: 'disk', status, detail: `${Math.floor(free / MEBIBYTE)} MiB free` };
}

async function memoryCheck(): Promise<HealthCheck> {
  const share = freemem() / totalmem();
  const detail = `${Math.floor(freemem() / MEBIBYTE)} MiB free, this server uses ${Math.floor(process.memoryUsage.rss() / MEBIBYTE)} MiB`;
  return { name: 'memory', status: share < MEMORY_DEGRADED_SHARE ? 'degraded' : 'healthy', detail };
}

async function modelCheck(): Promise<HealthCheck> {
  return { name: 'model', status: 'healthy', detail: 'none configured: agents work by rules' };
}
