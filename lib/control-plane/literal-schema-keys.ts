const CONSTANT = /^const (_\w+) = ("[^"\\]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * The SDK describes everything that a service knows, with keys that are constants: `{ [_xN]: ... }`. A bundler has to keep what has a
 * computed key, because to compute it might do something, and so a function that describes instances carries all of EC2. With
 * the constant's text in its place, it keeps what is used.
 */
export const literalKeys = (source: string): string => {
  const values = new Map([...source.matchAll(CONSTANT)].map(([, name = '', text = '']) => [name, text]));
  return source.replace(COMPUTED_KEY, (whole, name: string) => {
    const text = values.get(name);
    return text === undefined ? whole : `${text}:`;
  });
};
