import { describe, expect, test } from '@jest/globals';
import { colorsFor } from '../../../../apps/cli/output.ts';
import { textTable } from '../../../../apps/cli/render/table.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const colours = async (environment: Record<string, string>) =>
  colorsFor(new TestSession({ home: await temporaryHome() }).stdout, environment);

describe('textTable', () => {
  test('aligns coloured cells by what is seen', async () => {
    const paint = await colours({ FORCE_COLOR: '1' });
    const text = textTable(
      ['a', 'b'],
      [
        [paint.green('ACTIVE'), 'x'],
        ['OFF', 'y'],
      ],
      { paint, width: undefined },
    );
    expect(text.split('\n').slice(1)).toEqual([`${paint.green('ACTIVE')}  x`, 'OFF     y']);
  });

  test('wraps the widest columns on a terminal only', async () => {
    const paint = await colours({});
    const rows = [['name', 'word '.repeat(20).trim(), 'end']];
    expect(textTable(['a', 'b', 'c'], rows, { paint, width: undefined }).split('\n')).toHaveLength(2);
    const wrapped = textTable(['a', 'b', 'c'], rows, { paint, width: 40 }).split('\n');
    expect(wrapped.length).toBeGreaterThan(3);
    for (const line of wrapped) expect(line.length).toBeLessThanOrEqual(40);
    expect(wrapped[1]).toMatch(/^name {2}word .* end$/);
  });

  test('is a heading when there are no rows', async () => {
    expect(textTable(['a', 'b'], [], { paint: await colours({}), width: 80 })).toBe('A  B');
  });
});
