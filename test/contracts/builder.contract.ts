import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/domain/plan.ts';
import type { Builder, BuildRequest, BuildState } from '../../src/ports/builder.ts';
import type { RepositoryFiles } from './build-request.ts';

export interface BuilderHarness {
  readonly builder: Builder;
  /** A request to build a repository of these files; a new token each time. */
  request(files: RepositoryFiles, change?: Partial<BuildRequest>): BuildRequest;
  /** Lines of the build log so far: `install: added 3 packages`. */
  log(): readonly string[];
  /** Text of a file of an artifact. */
  read(artifact: string, path: string): Promise<string>;
}

export const javaScript = (code: string): Command => ({ kind: 'argv', argv: ['node', '-e', code] });
export const shell = (line: string): Command => ({ kind: 'shell', line });

/** Waits for the end of a build and gives what it made. */
export async function finished(
  builder: Builder,
  request: BuildRequest,
): Promise<Extract<BuildState, { status: 'SUCCEEDED' }>> {
  const state = await builder.build(request, { patienceSeconds: 60 });
  if (state.status !== 'SUCCEEDED') throw new Error('the build is still running');
  return state;
}

/** What every builder does. */
export function builderContract(
  makeBuilder: (options?: { timeoutSeconds: number }) => Promise<BuilderHarness>,
): void {
  const files = { 'server.js': 'console.log(1)', 'src/a.txt': 'a' };

  describe('a build that succeeds', () => {
    test('makes an artifact of the checkout', async () => {
      const { builder, request, read } = await makeBuilder();
      const asked = request(files, { environmentNames: ['DATABASE_URL'] });
      const { artifact } = await finished(builder, asked);
      expect(artifact).toMatchObject({
        commit: asked.source.commit,
        tree: asked.source.tree,
        root: '.',
        runtime: 'node',
        runtimeVersion: process.versions.node,
        environmentNames: ['DATABASE_URL'],
        files: 2,
      });
      expect(await read(artifact.id, 'src/a.txt')).toBe('a');
    });

    test('runs install, then build, and logs both', async () => {
      const { builder, request, log, read } = await makeBuilder();
      const install = javaScript(`console.log('fetching'); fs.writeFileSync('installed', '1')`);
      const build = shell('cp installed out.txt && echo "made it"');
      const { artifact } = await finished(builder, request(files, { install, build }));
      expect(await read(artifact.id, 'out.txt')).toBe('1');
      expect(log().map((line) => line.replace(/\$.*(install|cp).*/, '$ ...'))).toEqual([
        'install: $ ...',
        'install: fetching',
        'build: $ ...',
        'build: made it',
      ]);
    });

    test('gives equal inputs the same artifact', async () => {
      const { builder, request } = await makeBuilder();
      const build = javaScript(
        `fs.writeFileSync('out.json', JSON.stringify([process.env.SOURCE_DATE_EPOCH, process.version]))`,
      );
      const first = await finished(builder, request(files, { build }));
      const second = await finished(builder, request(files, { build }));
      expect(second.artifact.id).toBe(first.artifact.id);
    });

    test('runs in the folder of the application', async () => {
      const { builder, request, read } = await makeBuilder();
      const monorepo = { 'apps/web/package.json': '{}', 'packages/lib/a.txt': 'shared' };
      const build = shell('mkdir dist && cp ../../packages/lib/a.txt dist/index.html');
      const asked = request(monorepo, {
        root: 'apps/web',
        build,
        outputDirectory: 'dist',
        runtime: 'static',
      });
      const { artifact } = await finished(builder, asked);
      expect(artifact).toMatchObject({ root: 'apps/web', runtime: 'static', files: 3 });
      expect(await read(artifact.id, 'apps/web/dist/index.html')).toBe('shared');
    });
  });

  describe('waiting for a build', () => {
    test('returns RUNNING when patience ends, then the result', async () => {
      const { builder, request, log } = await makeBuilder();
      const asked = request(files, { build: javaScript('setTimeout(() => {}, 300)') });
      expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
      await finished(builder, asked);
      expect(log()).toHaveLength(1);
    });

    test('joins the running build of the same token', async () => {
      const { builder, request, log } = await makeBuilder();
      const asked = request(files, { build: javaScript('') });
      const [first, second] = await Promise.all([finished(builder, asked), finished(builder, asked)]);
      expect(first.artifact.id).toBe(second.artifact.id);
      expect(log()).toHaveLength(1);
    });

    test('builds again after a failure with the same token', async () => {
      const { builder, request } = await makeBuilder();
      const asked = request(files, { build: shell('exit 1') });
      await expect(finished(builder, asked)).rejects.toMatchObject({ code: 'BuildFailed' });
      expect(await finished(builder, { ...asked, build: null })).toMatchObject({ status: 'SUCCEEDED' });
    });
  });

  describe('a build that fails', () => {
    const failure = async (
      change: Partial<BuildRequest>,
      options?: { timeoutSeconds: number },
    ): Promise<unknown> => {
      const { builder, request } = await makeBuilder(options);
      return finished(builder, request(files, change)).catch((error: unknown) => error);
    };

    test('fails with InstallFailed that names command, code and cause', async () => {
      const install = shell('echo one; echo "Error: no such thing" >&2; echo two; exit 3');
      const error = await failure({ install });
      expect(error).toMatchObject({ code: 'InstallFailed' });
      expect(error).toHaveProperty(
        'message',
        expect.stringMatching(/exit 3.* exited with 3: .*no such thing/),
      );
      expect(error).toHaveProperty('logTail', expect.arrayContaining(['one', 'Error: no such thing', 'two']));
    });

    test('fails with BuildFailed and the last 20 lines', async () => {
      const build = javaScript(
        'for (let i = 1; i <= 30; i++) console.log("line " + i); process.exitCode = 1',
      );
      const error = await failure({ build });
      const logTail = Array.from({ length: 20 }, (_, index) => `line ${index + 11}`);
      expect(error).toMatchObject({ code: 'BuildFailed', logTail });
    });

    test('fails with BuildFailed for a program that is missing', async () => {
      const error = await failure({ build: { kind: 'argv', argv: ['no-such-program'] } });
      expect(['BuildFailed', 'ToolMissing']).toContain(error instanceof Error && error.name);
    });

    test('fails with DiskFull when a command says so', async () => {
      const build = shell('echo "npm error ENOSPC: no space left on device, write"; exit 1');
      expect(await failure({ build })).toMatchObject({ code: 'DiskFull' });
    });

    test('fails with BuildOutputMissing that names what exists', async () => {
      const error = await failure({
        build: shell('mkdir build'),
        outputDirectory: 'dist',
        runtime: 'static',
      });
      expect(error).toMatchObject({ code: 'BuildOutputMissing' });
      expect(error).toHaveProperty('hint', expect.stringContaining('build/, server.js, src/'));
    });

    test('fails with RuntimeNotAvailable for a version that nobody has', async () => {
      expect(await failure({ runtimeVersion: 'not a version' })).toMatchObject({
        code: 'RuntimeNotAvailable',
      });
      const python = await failure({ runtime: 'python', runtimeVersion: '>=99' });
      expect(python).toMatchObject({ code: 'RuntimeNotAvailable' });
    });

    test('fails with BuildTimedOut when a command hangs', async () => {
      const build = javaScript('console.log("waiting for input"); setInterval(() => {}, 1000)');
      const error = await failure({ build }, { timeoutSeconds: 1 });
      expect(error).toMatchObject({ code: 'BuildTimedOut', logTail: ['waiting for input'] });
    });

    test.each(['apps/web', '..', '/etc'])('fails with BuildFailed for the root %s', async (root) => {
      expect(await failure({ root })).toMatchObject({ code: 'BuildFailed' });
    });

    test('fails with Cancelled when its signal aborts', async () => {
      const { builder, request } = await makeBuilder();
      const asked = request(files, { build: javaScript('setInterval(() => {}, 1000)') });
      // Else the one that is not aborted might begin the build after the other one has found none to stop.
      expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
      const controller = new AbortController();
      const options = { patienceSeconds: 60, signal: controller.signal };
      const waiting = [builder.build(asked, options), builder.build(asked, { patienceSeconds: 60 })];
      controller.abort();
      // Expected of both at once: either may end before the other.
      await Promise.all(waiting.map((build) => expect(build).rejects.toMatchObject({ code: 'Cancelled' })));
    });
  });

  describe('a build that is stopped', () => {
    const endless = { build: javaScript('setInterval(() => {}, 1000)') };

    test('fails with Cancelled for whoever waits for it, however often it is stopped', async () => {
      const { builder, request } = await makeBuilder();
      const asked = request(files, endless);
      expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
      const waiting = builder.build(asked, { patienceSeconds: 60 });
      const ended = expect(waiting).rejects.toMatchObject({ code: 'Cancelled' });
      await builder.stop(asked.token);
      await builder.stop(asked.token);
      await ended;
    });

    test('makes room for a new one', async () => {
      const { builder, request } = await makeBuilder();
      const asked = request(files, endless);
      const first = builder.build(asked, { patienceSeconds: 60 });
      const ended = expect(first).rejects.toMatchObject({ code: 'Cancelled' });
      expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
      await builder.stop(asked.token);
      await ended;
      expect(await finished(builder, { ...asked, build: null })).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('may be one that nobody has started, or one that has ended', async () => {
      const { builder, request } = await makeBuilder();
      const asked = request(files);
      await builder.stop(asked.token);
      const { artifact } = await finished(builder, asked);
      await builder.stop(asked.token);
      expect((await finished(builder, asked)).artifact.id).toBe(artifact.id);
    });
  });

  test('says how builds are isolated', async () => {
    const { builder } = await makeBuilder();
    const { sandboxed, how } = await builder.isolation();
    expect(typeof sandboxed).toBe('boolean');
    expect(how).not.toBe('');
  });
}
