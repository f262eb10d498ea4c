import { BuildOutput } from '../../src/adapters/local/build/build-output.ts';

/** What a build may print: more would cost the operator, and nobody reads it. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Prints what a build prints, each line after the name of its step: `install: added 3 packages`. */
export function printedOutput(print: (line: string) => void): BuildOutput {
  let left = MAX_BYTES;
  return new BuildOutput((step, line) => {
    if (left <= 0) return;
    left -= Buffer.byteLength(line) + 1;
    print(left > 0 ? `${step}: ${line}` : `${step}: (the build prints more than is kept)`);
  });
}
