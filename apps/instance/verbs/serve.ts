import { createServer } from 'node:http';
import * as z from 'zod';
import { siteFolder, staticSite } from '../../../src/adapters/local/static-site-server.ts';

const payloadShape = z.object({ directory: z.string(), fallback: z.string().nullable() });

/** The process of a static site: serves a folder to the load balancer on `$PORT`, as the local platform does, until SIGTERM. */
export function serve(payload: unknown): void {
  const { directory, fallback } = payloadShape.parse(payload);
  const port = Number(process.env['PORT']);
  const server = createServer(staticSite(siteFolder(directory), fallback ?? undefined));
  // Longer than a load balancer keeps an idle connection: it must be the one that closes.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '0.0.0.0', () => console.log(`serving ${directory} on port ${port}`));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close());
}
