import { describe, expect, test } from '@jest/globals';
import { asked, GOOD, readsFile } from './asked.ts';

describe('a tool', () => {
  const use = (input: unknown) => ({ does: 'use', tool: 'read_file', input }) as const;
  const resultOf = ({ providers }: ReturnType<typeof asked>) =>
    JSON.stringify(providers.requests[1]?.messages.at(-1));

  test('that throws is not available, whatever it says', async () => {
    const world = asked([use({ path: 'a' }), GOOD]);
    const tools = [readsFile(async () => Promise.reject(new Error('ENOENT /home/secret')))];
    expect(await world.ask({ tools })).toMatchObject({ answered: true });
    expect(resultOf(world)).toContain('not available');
    expect(resultOf(world)).not.toContain('secret');
  });

  test('is not called with an input that does not fit', async () => {
    const world = asked([use({ path: 7 }), GOOD]);
    const read = async () => {
      throw new Error('it was called');
    };
    await world.ask({ tools: [readsFile(read)] });
    expect(resultOf(world)).toContain('does not fit');
  });

  test('finds data: cleaned, redacted, delimited and cut', async () => {
    const world = asked([use({ path: 'a' }), GOOD]);
    const text = `\u200b\u001b[31mtop-secret-value ${'line of words\n'.repeat(10_000)}`;
    await world.ask({ tools: [readsFile(async () => text)], secrets: ['top-secret-value'] });
    const result = resultOf(world);
    expect(result).toMatch(/<<<DATA [0-9a-f]{24} answer of read_file>>>/);
    expect(result).not.toMatch(/\u200b|\\u001b|top-secret-value/);
    expect(result.length).toBeLessThan(25_000);
  });

  test('that never ends does not keep the question', async () => {
    const world = asked([use({ path: 'a' }), GOOD]);
    const never = () => new Promise<string>(() => undefined);
    expect(await world.ask({ tools: [readsFile(never)] })).toEqual({ answered: false, reason: 'deadline' });
  });

  test('is not asked for without end', async () => {
    const world = asked((request) =>
      request.options.toolChoice === undefined
        ? use({ path: 'a' })
        : { does: 'answer', input: { cause: 'at last' } },
    );
    expect(await world.ask({ tools: [readsFile(async () => 'a')] })).toMatchObject({
      value: { cause: 'at last' },
    });
    expect(world.providers.requests).toHaveLength(4);
  });
});
