import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../fixtures/free-port.ts';
import { answers } from './emulator.ts';

let server: ChildProcess | undefined;

/** Starts the one AWS emulator of a test run; every test file opens accounts of its own on it. */
export default async function start(): Promise<void> {
  const port = await freePort();
  const program = fileURLToPath(new URL('./emulator.py', import.meta.url));
  server = spawn('python3', [program, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const failed = Promise.race([once(server, 'error'), once(server, 'exit')]).then(([reason]) => {
    throw new Error(
      `moto is needed for these tests and does not start (${reason}): pip install -r .ci/requirements.txt`,
    );
  });
  process.env['HIVEMIND_TEST_MOTO'] = `http://127.0.0.1:${port}`;
  await Promise.race([answers(`http://127.0.0.1:${port}/moto-api/`), failed]);
  Object.assign(globalThis, { stopEmulator: () => server?.kill('SIGKILL') });
}
