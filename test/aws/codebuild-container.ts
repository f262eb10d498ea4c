import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

/** The `install` phase of the buildspec. */
export async function checkedProgram(given: Readonly<Record<string, string>>): Promise<Buffer> {
  let answered = await fetch(given['HIVEMIND_PROGRAM_URL'] ?? '');
  // `curl --retry 5`
  for (let retries = 0; answered.status >= 500 && retries < 5; retries += 1) {
    answered = await fetch(given['HIVEMIND_PROGRAM_URL'] ?? '');
  }
  const program = Buffer.from(await answered.arrayBuffer());
  const sha256 = createHash('sha256').update(program).digest('hex');
  if (sha256 !== given['HIVEMIND_PROGRAM_SHA256']) throw new Error('the program has another checksum');
  return program;
}

/** What programs need to run on this machine, and to reach the registry that its operator uses. */
export function surroundingVariables(): Record<string, string> {
  const names = /^(?:PATH|HOME|LANG|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|npm_config_.*|(?:https?|no)_proxy)$/i;
  const kept = Object.entries(process.env).filter(([name]) => names.test(name));
  return { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
}

/** Hands over a stream line by line, as many at a time as have come. */
export async function eachLines(
  stream: AsyncIterable<Buffer> | null,
  take: (lines: readonly string[]) => void,
): Promise<void> {
  let rest = '';
  for await (const chunk of stream ?? []) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) take(lines);
  }
  if (rest !== '') take([rest]);
}
