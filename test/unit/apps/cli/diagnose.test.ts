import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import { errorDocument } from '../../../../src/contracts/deployment.ts';
import { diagnosisDocument } from '../../../../src/contracts/diagnosis.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const LOG = 'starting\n\u001b[31mError: listen EADDRINUSE: address already in use :::5000\u001b[0m\n';
let home: Home;
let session: TestSession;

beforeEach(async () => {
  home = await temporaryHome();
  session = new TestSession({ home });
});

const file = async (name: string, content: string | Uint8Array) => {
  await writeFile(join(home.root, name), content);
  return name;
};

describe('hivemind diagnose', () => {
  test('says cause, proof, fix, what it changes and the risk of a file, without a server', async () => {
    expect(await session.run('diagnose', await file('a.log', LOG), '--stage', 'release')).toBe(0);
    const text = session.stdout.text;
    expect(text).toContain('the port is already taken (port_in_use, 96 % sure)');
    expect(text).toContain('2 │ Error: listen EADDRINUSE: address already in use :::5000');
    expect(text).toContain('with: port 5000');
    expect(text).toContain('changes: the port in application, unit and target group');
    expect(text).toContain('risk: safe');
    expect(session.stderr.text).toBe('');
  });

  test('reads standard input and prints one JSON document', async () => {
    session.stdin.end(LOG);
    expect(await session.run('diagnose', '-', '--json')).toBe(0);
    const { diagnosis } = diagnosisDocument.parse(JSON.parse(session.stdout.text));
    expect(diagnosis).toMatchObject({ cause: 'port_in_use', action: 'change_port', risk: 'safe', lines: 2 });
  });

  test('does not know what it does not know', async () => {
    session.stdin.end('something went astray\n');
    expect(await session.run('diagnose')).toBe(1);
    expect(session.stdout.text).toContain('(unknown)');
    expect(session.stdout.text).toContain('something went astray');
    expect(session.stdout.text).toContain('changes: nothing');
  });

  test('takes the part of a workflow and a stage for --stage', async () => {
    for (const stage of ['compile', 'build']) {
      const it = new TestSession({ home });
      it.stdin.end('Killed\n');
      expect(await it.run('diagnose', '--stage', stage)).toBe(0);
      expect(it.stdout.text).toContain('build_out_of_memory');
    }
  });

  test.each([
    ['a missing file', 'nothing.log', undefined, 'there is no file nothing.log'],
    ['an empty file', 'empty.log', '', 'empty.log is empty'],
    ['a file of empty lines', 'blank.log', '\n \n', 'blank.log is empty'],
    ['a binary', 'program', new Uint8Array([127, 69, 76, 70, 0, 1]), 'program is no text'],
  ])('refuses %s', async (_, name, content, message) => {
    if (content !== undefined) await file(name, content);
    expect(await session.run('diagnose', name, '--json')).toBe(2);
    const { error } = errorDocument.parse(JSON.parse(session.stderr.text));
    expect(error).toMatchObject({ code: 'InvalidInput', message });
  });

  test('refuses a folder, and a terminal without a file', async () => {
    await mkdir(join(home.root, 'a-folder'));
    expect(await session.run('diagnose', 'a-folder')).toBe(2);
    expect(session.stderr.text).toContain('a-folder is a folder');
    const terminal = new TestSession({ home, terminal: true });
    expect(await terminal.run('diagnose')).toBe(2);
    expect(terminal.stderr.text).toContain('no log was given');
  });

  test('shows nothing of a log that a terminal would obey', async () => {
    session.stdin.end('FATAL: role "\u009b31mshop" does not exist \u001b]0;title\u0007\n');
    await session.run('diagnose');
    expect(session.stdout.text).not.toMatch(/[\u0007\u001b\u009b]/);
  });
});
