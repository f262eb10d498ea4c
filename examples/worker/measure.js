const WORDS_PER_MINUTE = 230;
const COMMON_WORDS = new Set(
  'a an and are as at by for from has in is it its no not of on or that the their there they this to was with'.split(
    ' ',
  ),
);

/** Words, reading time and the most frequent word of a text that says something. */
export function measure(text) {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
  const counts = new Map();
  for (const word of words) {
    if (!COMMON_WORDS.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [favourite] = [...counts].sort(([, left], [, right]) => right - left)[0] ?? [null];
  return {
    words: words.length,
    readingSeconds: Math.ceil((words.length / WORDS_PER_MINUTE) * 60),
    favourite,
  };
}
