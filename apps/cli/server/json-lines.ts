import type { Readable } from 'node:stream';

/** The values of newline-delimited JSON as they arrive; empty lines are heartbeats. A line cut off by the end is dropped. */
export async function* jsonLines(body: Readable): AsyncGenerator<unknown> {
  let rest = '';
  for await (const chunk of body.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
}
