/** What every one of several texts may have of a limited space: the short ones all they need, the long ones equal parts of the rest. */
export function fairShares(lengths: readonly number[], available: number): readonly number[] {
  const shares = lengths.map(() => 0);
  const byLength = lengths.map((length, place) => ({ length, place })).sort((a, b) => a.length - b.length);
  let left = Math.max(0, available);
  byLength.forEach(({ length, place }, index) => {
    const share = Math.min(length, Math.floor(left / (byLength.length - index)));
    shares[place] = share;
    left -= share;
  });
  return shares;
}

/** At most so many characters of a text: its beginning and its end, and between them how many are missing. */
export function shortened(text: string, maximumCharacters: number): string {
  if (text.length <= maximumCharacters) return text;
  const longestNote = noteOf(text.length);
  const kept = maximumCharacters - longestNote.length;
  if (kept <= 0) return whole(text, 0, Math.max(0, maximumCharacters));
  const head = whole(text, 0, Math.ceil(kept / 2));
  const tail = whole(text, text.length - Math.floor(kept / 2), text.length);
  return `${head}${noteOf(text.length - head.length - tail.length)}${tail}`;
}

const noteOf = (characters: number): string => `\n[... ${characters} characters left out ...]\n`;

/** A part of a text without half a character at either end. */
export function whole(text: string, start: number, end: number): string {
  const first = isSecondHalf(text, start) ? start + 1 : start;
  const last = isSecondHalf(text, end) ? end - 1 : end;
  return text.slice(first, Math.max(first, last));
}

const isSecondHalf = (text: string, place: number): boolean =>
  place > 0 &&
  place < text.length &&
  /[\udc00-\udfff]/.test(text.charAt(place)) &&
  /[\ud800-\udbff]/.test(text.charAt(place - 1));
