import { describe, expect, test } from '@jest/globals';
import { KNOWLEDGE } from '../../../../src/domain/diagnosis/knowledge.ts';
import { readText } from '../../../../src/domain/diagnosis/log/log-reader.ts';
import { CAUSES } from '../../../../src/domain/diagnosis/taxonomy/causes.ts';
import { FURTHER_CASES, GIVEN_CASES } from '../../../fixtures/medic/cases.ts';

const signatures = KNOWLEDGE.flatMap((topic) => topic.signatures.map((signature) => ({ topic, signature })));
const patterns = signatures.flatMap(({ topic, signature }) =>
  [...signature.patterns, ...(signature.details ?? [])].map((pattern) => ({ topic, pattern })),
);
const cases = [...GIVEN_CASES, ...FURTHER_CASES].map(({ id, text }) => ({
  id,
  text: readText(text)
    .lines.map((line) => line.text)
    .join('\n'),
}));

describe('the knowledge base', () => {
  test('has a signature for every cause', () => {
    const known = new Set(signatures.map(({ signature }) => signature.cause));
    expect(Object.keys(CAUSES).filter((cause) => !known.has(cause as keyof typeof CAUSES))).toEqual([]);
  });

  test('has for every signature another case than its own, or the name of the tool whose wording it is', () => {
    const unproved = signatures.filter(({ topic, signature: { from, patterns: own } }) =>
      from === undefined
        ? topic.tool === ''
        : !own.every((pattern) => cases.some(({ id, text }) => id !== from && pattern.test(text))),
    );
    expect(unproved).toEqual([]);
  });

  test('names cases that there are', () => {
    const ids = new Set(cases.map(({ id }) => id));
    const names = signatures.flatMap(({ signature }) => signature.from ?? []);
    expect(names.filter((id) => !ids.has(id))).toEqual([]);
  });

  test('is never certain, and never below what is proposed', () => {
    expect(signatures.filter(({ signature: { confidence } }) => confidence < 0.6 || confidence >= 1)).toEqual(
      [],
    );
  });

  test('quotes no detail of a case: no id of a resource, account or commit', () => {
    const detail =
      /\b(?:i|ami|vpc|subnet|sg|eni)-[0-9a-f]{8}|\b\d{12}\b|[0-9a-f]{20}|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.(?!0\b|1\b)\d{1,3}\b/;
    expect(patterns.filter(({ pattern }) => detail.test(pattern.source))).toEqual([]);
  });
});

describe('a pattern', () => {
  test('repeats nothing without a bound, so that no line makes it slow', () => {
    // Character classes and escapes are taken out: `[+*]` and `\+` are no repetitions.
    const bare = (source: string) => source.replace(/\\./g, 'x').replace(/\[\^?[^\]]*\]/g, 'x');
    const unbounded = patterns.filter(({ pattern }) => {
      const source = bare(pattern.source);
      return /\)[*+]|\{\d+,\}|\.[*+]|x\*/.test(source);
    });
    expect(unbounded.map(({ pattern }) => pattern.source)).toEqual([]);
  });

  test('has no state that a search leaves behind', () => {
    expect(patterns.filter(({ pattern }) => pattern.global || pattern.sticky)).toEqual([]);
  });
});
