import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { mentionedWords } from '../../lib/control-plane/mentioned-words.ts';
import { withoutUnmentionedErrors } from '../../lib/control-plane/service-errors.ts';
import { awsFailure } from '../../src/adapters/aws/aws-failure.ts';

const CLIENTS = fileURLToPath(new URL('../../node_modules/@aws-sdk/', import.meta.url));

const clients = readdirSync(CLIENTS).filter((name) => name.startsWith('client-'));
const schemasOf = (client: string) =>
  readFileSync(`${CLIENTS}${client}/dist-es/schemas/schemas_0.js`, 'utf8');

/** Errors with a name of their own over the wire: class and name. */
const RENAMED = /^export var (\w+)\$ = \[-3, .*\n\s+\{ \[_aQE\]: \[`(\w+)`, (\d+)\]/gm;

const failureOf = (name: string, httpStatusCode: number) =>
  awsFailure(Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } }), 'ask').code;

test('an error that a bundle leaves out means the same to us by the name that it has over the wire', async () => {
  const mentioned = await mentionedWords();
  const renamed = clients.flatMap((client) => {
    const schemas = schemasOf(client);
    const left = withoutUnmentionedErrors(schemas, '', mentioned);
    return [...schemas.matchAll(RENAMED)]
      .filter(([, name]) => !left.includes(`registerError(${name}$, `))
      .map(([, name = '', code = '', status]) => ({ client, name, code, status: Number(status) }));
  });
  expect(renamed.length).toBeGreaterThan(100);
  expect(
    renamed.filter(({ name, code, status }) => failureOf(name, status) !== failureOf(code, status)),
  ).toEqual([]);
});
