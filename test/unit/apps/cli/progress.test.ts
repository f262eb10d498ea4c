import { afterEach, describe, expect, test } from '@jest/globals';
import { colorsFor } from '../../../../apps/cli/output.ts';
import { LiveProgress } from '../../../../apps/cli/progress/live-progress.ts';
import { PlainProgress } from '../../../../apps/cli/progress/plain-progress.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import { event } from '../../../fixtures/cli/documents.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import fc from '../../../fixtures/properties.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function plain(options: { verbose?: boolean; stillMilliseconds?: number } = {}) {
  const lines: string[] = [];
  const progress = new PlainProgress((line) => lines.push(line), { verbose: false, ...options });
  ends.push(() => progress.end());
  return { lines, progress };
}

async function live() {
  const { stderr } = new TestSession({ home: await temporaryHome(), terminal: true });
  const progress = new LiveProgress(stderr, colorsFor(stderr, { NO_COLOR: '1' }), { verbose: false });
  ends.push(() => progress.end());
  return { stderr, progress };
}

/** What a terminal shows after these writes: enough of one to follow a block that is redrawn. */
function screenOf(written: string): readonly string[] {
  const rows: string[] = [''];
  let row = 0;
  for (const [part] of written.matchAll(/\u001b\[(\d*)([A-Z])|\n|\r|[^\u001b\n\r]+/g)) {
    const up = /^\u001b\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) row = Math.max(0, row - Number(up));
    else if (part === '\u001b[J') rows.length = row + 1;
    else if (part === '\n') row += 1;
    else if (!part.startsWith('\u001b') && part !== '\r') rows[row] = part;
    rows[row] ??= '';
  }
  return rows;
}

describe('plain progress', () => {
  test('says that running stages still run', async () => {
    const { lines, progress } = plain({ stillMilliseconds: 20 });
    const time = new Date().toISOString();
    progress.show(event(1, 'stage.started', { time, data: { stage: 'network' } }));
    progress.show(event(2, 'stage.started', { time, data: { stage: 'build' } }));
    progress.show(event(3, 'stage.finished', { time, data: { stage: 'network', seconds: 1 } }));
    await waitFor(() => lines.some((line) => /still building the artifact \(\d+\.\d s\)/.test(line)));
    expect(lines.join('\n')).not.toContain('still preparing the network');
  });

  test('shows failures, skips, retries and removals', () => {
    const { lines, progress } = plain();
    progress.show(event(1, 'stage.failed', { message: 'npm failed', data: { stage: 'build', seconds: 70 } }));
    progress.show(event(2, 'stage.skipped', { message: 'stopped', data: { stage: 'network' } }));
    progress.show(event(3, 'state.retried', { message: 'Analyse' }));
    progress.show(event(4, 'resource.removed', { message: 'port 8100' }));
    progress.show(event(5, 'decision', { message: 'only for the curious' }));
    expect(lines.map((line) => line.slice(9))).toEqual([
      'Compiler     building the artifact ... failed after 1 min 10 s: npm failed',
      'Provisioner  preparing the network ... skipped: stopped',
      'retry        trying again: Analyse',
      'removed      port 8100',
    ]);
  });

  test('tells in a line what is mended without asking, and what came of it', () => {
    const { lines, progress } = plain();
    const data = { isAsked: false, cause: 'port_in_use', confidence: 0.96 };
    progress.show(event(1, 'fix.proposed', { message: 'safe enough: use another port', data }));
    progress.show(event(2, 'fix.applied', { message: 'applied: use another port' }));
    progress.show(event(3, 'fix.concluded', { message: 'it helped: use another port' }));
    progress.show(event(4, 'fix.proposed', { message: 'may I?', data: { ...data, isAsked: true } }));
    progress.show(event(5, 'fix.proposed', { message: 'of another version', data: { cause: 'novel' } }));
    expect(lines.map((line) => line.slice(9))).toEqual([
      'fix          safe enough: use another port, because the port is already taken (96 % sure)',
      'fix          it helped: use another port',
      'fix          of another version',
    ]);
  });

  test('shows decisions when verbose', () => {
    const { lines, progress } = plain({ verbose: true });
    progress.show(event(1, 'decision', { message: 'port 8100' }));
    expect(lines[0]).toContain('decision     port 8100');
  });
});

describe('live progress', () => {
  test('begins the stages again after a fix, below what was there before', async () => {
    const { stderr, progress } = await live();
    progress.show(event(1, 'stage.failed', { message: 'no answer', data: { stage: 'release', seconds: 9 } }));
    progress.show(event(2, 'fix.applied', { message: 'applied' }));
    progress.show(event(3, 'stage.started', { data: { stage: 'analyse' } }));
    const screen = screenOf(stderr.text);
    expect(screen[0]).toContain('starting the release: no answer');
    expect(screen[1]).toContain('reading the repository');
    expect(screen.filter((row) => row !== '')).toHaveLength(2);
  });

  test('leaves the terminal to a question, and draws nothing over it', async () => {
    const { stderr, progress } = await live();
    progress.show(event(1, 'stage.failed', { message: 'no answer', data: { stage: 'release', seconds: 9 } }));
    progress.pause();
    stderr.write('Apply this fix?\n');
    progress.buildLine('late');
    progress.resume();
    progress.show(event(2, 'stage.started', { data: { stage: 'analyse' } }));
    const screen = screenOf(stderr.text);
    expect(screen[0]).toContain('starting the release: no answer');
    expect(screen[1]).toBe('Apply this fix?');
    expect(screen[2]).toContain('reading the repository');
  });

  test('keeps one line a stage and notes above', async () => {
    const { stderr, progress } = await live();
    progress.show(event(1, 'stage.started', { data: { stage: 'build' } }));
    progress.show(event(2, 'stage.started', { data: { stage: 'database' } }));
    progress.buildLine('npm install\u0007');
    progress.show(event(3, 'warning', { message: 'no sandbox' }));
    progress.show(event(4, 'stage.finished', { message: 'ready', data: { stage: 'database', seconds: 1 } }));
    const screen = screenOf(stderr.text);
    expect(screen[0]).toBe('! no sandbox');
    expect(screen[1]).toMatch(/^. Compiler +[\dmins. ]+ {2}building the artifact$/);
    expect(screen[2]).toBe('    npm install\\u0007');
    expect(screen[3]).toMatch(/^✓ Provisioner +1\.0 s {2}creating the database: ready$/);
    expect(screen).toHaveLength(5);
  });

  test('never writes a line wider than the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(anyText({ maxLength: 400 }), async (text) => {
        const { stderr, progress } = await live();
        progress.show(event(1, 'stage.started', { data: { stage: 'build' } }));
        progress.buildLine(text);
        progress.show(event(2, 'stage.finished', { message: text, data: { stage: 'analyse', seconds: 1 } }));
        for (const line of screenOf(stderr.text)) expect(line.length).toBeLessThan(stderr.columns);
        expect(stderr.text).not.toMatch(
          /\u001b(?!\[\d*[AKJ])|[\u0000-\u0009\u000b\u000c\u000e-\u001a\u007f-\u009f]/,
        );
        progress.end();
      }),
      { numRuns: 40 },
    );
  });
});
