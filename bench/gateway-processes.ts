/** The processes of the model gateway's benchmark; the first argument says which. Each tells its parent what it has to tell. */
import { startBedrock } from '../test/bedrock/bedrock-server.ts';
import { gatewaySubject } from './gateway-subject.ts';

export interface Memory {
  readonly calls: number;
  readonly rssMegabytes: number;
  readonly heapMegabytes: number;
  readonly seconds: number;
}

/** Questions at the same time. */
const CONCURRENCY = 8;
const MEGABYTE = 1_048_576;

const tell = (message: unknown) => process.send?.(message);
const [role, url = '', databaseFile = '', ...checkpoints] = process.argv.slice(2);

if (role === 'server') tell((await startBedrock({ keepsRequests: false })).url);
if (role === 'calls') await makeCalls(checkpoints.map(Number));

/** Asks, and tells its memory after so many questions. */
async function makeCalls(counts: readonly number[]): Promise<void> {
  const subject = gatewaySubject(url, databaseFile);
  const began = performance.now();
  let asked = 0;
  for (const count of counts) {
    const askOn = async () => {
      while (asked < count) {
        asked += 1;
        await subject.ask(asked);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, askOn));
    tell(memoryAfter(count, (performance.now() - began) / 1_000));
  }
  await subject.close();
  process.disconnect();
}

function memoryAfter(calls: number, seconds: number): Memory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { calls, rssMegabytes: rss / MEGABYTE, heapMegabytes: heapUsed / MEGABYTE, seconds };
}
