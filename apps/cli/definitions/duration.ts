import { InvalidArgumentError } from 'commander';

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, min: 60, m: 60, h: 3_600, d: 86_400 };

/** `90`, `90s`, `10min`, `2h`, `7d` as seconds. */
export function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})\s*([a-z]*)$/.exec(text.trim()) ?? [];
  const seconds = UNIT_SECONDS[unit];
  if (number !== '' && seconds !== undefined) return Number(number) * seconds;
  throw new InvalidArgumentError('It is not a duration such as 60s, 10min or 2h.');
}
