import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
export type InputStream = Readable & {
  readonly isTTY?: boolean;
  /** Of a terminal only. */
  readonly setRawMode?: (isRaw: boolean) => unknown;
};

/** The world of one command. */
export interface Session {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: NodeJS.ProcessEnv;
  /** Relative paths start here. */
  readonly directory: string;
  /** Program that runs the server, for Node. */
  readonly serverProgram: string;
  /** Calls the listener at each Ctrl-C instead of ending the process; returns how to stop that. */
  onInterrupt(listener: () => void): () => void;
}

export const processSession = (): Session => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  directory: process.cwd(),
  serverProgram: fileURLToPath(new URL('../api/serve.ts', import.meta.url)),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
});
