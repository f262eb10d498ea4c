import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LogFiles } from '../../../../../src/adapters/local/telemetry-logs/log-files.ts';
import type { LogLine, LogSource } from '../../../../../src/domain/log-line.ts';
import { temporaryHome } from '../../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

let milliseconds = 0;
/** Every line a millisecond after the one before. */
const line = (text: string, source: LogSource = 'instance', name = 'i-1'): LogLine => ({
  time: new Date(milliseconds++).toISOString(),
  source,
  name,
  text,
});

async function logged(...lines: readonly LogLine[]) {
  const home = await temporaryHome();
  const logs = new LogFiles(home);
  for (const entry of lines) logs.log('shop-1', entry);
  return { home, logs, file: (name: string) => home.folder('logs', 'shop-1', name) };
}

const texts = (lines: readonly LogLine[]): readonly string[] => lines.map(({ text }) => text);
const deploymentId = 'shop-1';

describe('log files', () => {
  test('read what was logged just before', async () => {
    const lines = [line('one'), line('two')];
    const { logs } = await logged(...lines);
    expect(await logs.read({ deploymentId })).toEqual(lines);
  });

  test('know nothing of a new deployment', async () => {
    const { logs } = await logged();
    expect(await logs.read({ deploymentId: 'other-1' })).toEqual([]);
  });

  test('merge sources by time', async () => {
    const { logs } = await logged(
      line('1', 'agent'),
      line('2', 'build'),
      line('3', 'agent'),
      line('4', 'build'),
    );
    expect(texts(await logs.read({ deploymentId }))).toEqual(['1', '2', '3', '4']);
  });

  test('filter by source, name and count', async () => {
    const { logs } = await logged(
      line('build', 'build', 'build'),
      ...[1, 2, 3].flatMap((number) => [
        line(`a${number}`, 'instance', 'i-a'),
        line(`b${number}`, 'instance', 'i-b'),
      ]),
    );
    expect(texts(await logs.read({ deploymentId, sources: ['build'] }))).toEqual(['build']);
    expect(texts(await logs.read({ deploymentId, name: 'i-a', tail: 2 }))).toEqual(['a2', 'a3']);
    expect(texts(await logs.read({ deploymentId, tail: 3 }))).toEqual(['b2', 'a3', 'b3']);
    expect(await logs.read({ deploymentId, tail: 0 })).toEqual([]);
  });

  test('survive a restart', async () => {
    const { home, logs } = await logged(line('before'));
    await logs.close();
    const reopened = new LogFiles(home);
    reopened.log(deploymentId, line('after'));
    expect(texts(await reopened.read({ deploymentId }))).toEqual(['before', 'after']);
  });

  test('skip half a line of a killed server', async () => {
    const { home, logs, file } = await logged(line('before'));
    await logs.close();
    await appendFile(file('instance.ndjson'), '{"time":"19');
    const reopened = new LogFiles(home);
    reopened.log(deploymentId, line('after'));
    expect(texts(await reopened.read({ deploymentId }))).toEqual(['before', 'after']);
  });

  test('read the end of files larger than a block', async () => {
    const long = line('x'.repeat(200_000));
    const many = Array.from({ length: 3000 }, (_, index) => line(`${index} ${'ö'.repeat(40)}`));
    const { logs } = await logged(long, ...many);
    const all = texts(await logs.read({ deploymentId }));
    expect(all).toHaveLength(3001);
    expect(all.slice(1)).toEqual(texts(many));
    expect(texts(await logs.read({ deploymentId, tail: 2 }))).toEqual(texts(many.slice(-2)));
  });

  test('rotate by size and keep a few', async () => {
    const home = await temporaryHome();
    const logs = new LogFiles(home, { maxFileBytes: 1000, keep: 2 });
    const lines = Array.from({ length: 100 }, (_, index) => line(`line ${index}`));
    for (const entry of lines) logs.log(deploymentId, entry);
    const kept = texts(await logs.read({ deploymentId }));
    expect(kept.length).toBeGreaterThan(20);
    expect(kept).toEqual(texts(lines.slice(-kept.length)));
    const folder = home.folder('logs', deploymentId);
    const files = (await readdir(folder)).sort();
    expect(files).toEqual(['instance.ndjson', 'instance.ndjson.1', 'instance.ndjson.2']);
    for (const name of files) {
      expect((await stat(home.folder('logs', deploymentId, name))).size).toBeLessThanOrEqual(1000);
    }
  });

  test('keep lines that are longer than a file', async () => {
    const home = await temporaryHome();
    const logs = new LogFiles(home, { maxFileBytes: 100, keep: 3 });
    for (const size of [200, 300]) logs.log(deploymentId, line('x'.repeat(size)));
    expect(texts(await logs.read({ deploymentId })).map((text) => text.length)).toEqual([200, 300]);
  });

  test('make control characters visible but keep colours', async () => {
    const raw = '\u001b[31mred\u001b[0m\tcell\u001b]0;title\u0007\u0000\u202e';
    const { logs, file } = await logged(line(raw));
    const [shown] = texts(await logs.read({ deploymentId }));
    expect(shown).toBe('\u001b[31mred\u001b[0m\tcell\\u001b]0;title\\u0007\\u0000\\u202e');
    expect(JSON.parse(await readFile(file('instance.ndjson'), 'utf8'))).toMatchObject({ text: raw });
  });

  test('count lines lost to a full buffer', async () => {
    const home = await temporaryHome();
    const logs = new LogFiles(home, { maxWaitingBytes: 500 });
    for (let index = 0; index < 20; index++) logs.log(deploymentId, line(`line ${index}`));
    await logs.read({ deploymentId });
    logs.log(deploymentId, line('again'));
    const lines = texts(await logs.read({ deploymentId }));
    const written = lines.filter((text) => text.startsWith('line ')).length;
    expect(lines).toContain(
      `${20 - written} lines of this log were lost: they came faster than the disk takes them`,
    );
    expect(lines.at(-1)).toBe('again');
  });

  test('count lines that could not be written', async () => {
    const { logs, file } = await logged();
    await writeFile(dirname(file('x')), 'in the way');
    logs.log(deploymentId, line('lost'));
    await logs.close();
    await rm(dirname(file('x')));
    logs.log(deploymentId, line('kept'));
    const lines = texts(await logs.read({ deploymentId }));
    expect(lines).toEqual(['1 lines of this log were lost: EEXIST', 'kept']);
  });

  test('are readable by their owner only', async () => {
    const { logs, file } = await logged(line('private'));
    await logs.close();
    expect((await stat(file('instance.ndjson'))).mode & 0o777).toBe(0o600);
  });

  test('forget one deployment only', async () => {
    const { home, logs } = await logged(line('gone'));
    logs.log('shop-2', line('stays'));
    await logs.forget(deploymentId);
    expect(await logs.read({ deploymentId })).toEqual([]);
    expect(texts(await logs.read({ deploymentId: 'shop-2' }))).toEqual(['stays']);
    expect(await readdir(home.folder('logs'))).toEqual(['shop-2']);
  });

  test('fails with InvalidInput for an id that is a path', async () => {
    const { home, logs } = await logged();
    await mkdir(home.folder('secrets', 'shop-1'));
    for (const id of ['../secrets/shop-1', '..', '', 'a/b', '.hidden', 'a\0b']) {
      await expect(logs.read({ deploymentId: id })).rejects.toMatchObject({ code: 'InvalidInput' });
      await expect(logs.forget(id)).rejects.toMatchObject({ code: 'InvalidInput' });
    }
    expect(await readdir(home.folder('secrets'))).toEqual(['shop-1']);
  });
});

describe('following log files', () => {
  async function collect(lines: AsyncIterable<LogLine>, into: string[]): Promise<void> {
    for await (const { text } of lines) into.push(text);
  }

  test('gives history and new lines without gap', async () => {
    const { logs } = await logged(line('history'));
    const stop = new AbortController();
    const seen: string[] = [];
    const expected = ['history'];
    const end = collect(logs.follow({ deploymentId }, stop.signal), seen);
    for (let index = 0; index < 500; index++) {
      logs.log(deploymentId, line(`${index}`, index % 2 ? 'agent' : 'build'));
      expected.push(`${index}`);
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    logs.log(deploymentId, line('last'));
    await waitFor(() => seen.includes('last'));
    stop.abort();
    await end;
    expect(seen).toEqual([...expected, 'last']);
  });

  test('gives only what was asked for', async () => {
    const { logs } = await logged(line('a'), line('b'), line('c', 'agent', 'recon'));
    const stop = new AbortController();
    const seen: string[] = [];
    const end = collect(
      logs.follow({ deploymentId, sources: ['instance'], name: 'i-1', tail: 1 }, stop.signal),
      seen,
    );
    logs.log(deploymentId, line('build', 'build'));
    logs.log(deploymentId, line('other', 'instance', 'i-2'));
    logs.log('shop-2', line('elsewhere'));
    logs.log(deploymentId, line('mine\u0007'));
    await waitFor(() => seen.length >= 2);
    stop.abort();
    await end;
    expect(seen).toEqual(['b', 'mine\\u0007']);
  });

  test('tells a slow reader what it missed', async () => {
    const { logs } = await logged(line('history'));
    const stop = new AbortController();
    const lines = logs.follow({ deploymentId }, stop.signal)[Symbol.asyncIterator]();
    expect((await lines.next()).value.text).toBe('history');
    for (let index = 0; index <= 20_000; index++) logs.log(deploymentId, line(`${index}`));
    expect((await lines.next()).value.text).toBe('10001 lines were skipped: the reader is too slow');
    expect((await lines.next()).value.text).toBe('10001');
    stop.abort();
  });

  test('ends at once when aborted', async () => {
    const { logs } = await logged(line('history'));
    const seen: string[] = [];
    await collect(logs.follow({ deploymentId }, AbortSignal.abort()), seen);
    expect(seen).toEqual([]);
  });
});
