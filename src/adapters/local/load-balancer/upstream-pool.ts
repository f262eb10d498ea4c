import { createRequire } from 'node:module';
import type { Pool } from 'undici';

type PoolClass = new (origin: string, options: Pool.Options) => Pool;

const require = createRequire(import.meta.url);
let loaded: PoolClass | undefined;

/** Response heads longer than this are refused: twice what an Application Load Balancer takes. */
const MAX_RESPONSE_HEAD_BYTES = 65_536;

/** Connections to one target. `reuse: false` opens a connection for every request. */
export function openPool(
  origin: string,
  options: { readonly connectTimeoutMilliseconds: number; readonly reuse: boolean },
): Pool {
  loaded ??= loadPool();
  return new loaded(origin, {
    pipelining: options.reuse ? 1 : 0,
    connect: { timeout: options.connectTimeoutMilliseconds },
    maxHeaderSize: MAX_RESPONSE_HEAD_BYTES,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
  });
}

/** The pool alone: all of undici (fetch, caches, mocks) takes 16 MB of memory more, and 80 ms to load. */
function loadPool(): PoolClass {
  return require('undici/lib/dispatcher/pool.js');
}
