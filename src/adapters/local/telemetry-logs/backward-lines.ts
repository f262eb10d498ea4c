import type { OpenLogFile } from './log-writer.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = '\n'.charCodeAt(0);

/** The complete lines of a file from its end, in blocks; newest first, also within a block. */
export async function* linesBackwards({ handle, bytes }: OpenLogFile): AsyncGenerator<readonly string[]> {
  /** Begins somewhere in a line whose first part is in the blocks to come. */
  let unfinished: Buffer[] = [];
  for (let end = bytes; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const block = buffer.subarray(0, bytesRead);
    end = start;
    const firstNewline = block.indexOf(NEWLINE);
    if (start > 0 && firstNewline === -1) {
      unfinished.unshift(block);
      continue;
    }
    const head = start === 0 ? 0 : firstNewline + 1;
    const lines = Buffer.concat([block.subarray(head), ...unfinished])
      .toString('utf8')
      .split('\n');
    unfinished = [block.subarray(0, head)];
    yield lines.filter((line) => line !== '').reverse();
  }
}
