/** From one ISO 8601 time to another; negative when the second one is the earlier. */
export const secondsBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / 1000;

/** ISO 8601 in UTC; negative seconds lead to an earlier time. */
export const timeAfter = (time: string, seconds: number): string =>
  new Date(Date.parse(time) + seconds * 1000).toISOString();

/** `2026-01-31`, wherever the process runs. */
export const utcDay = (time: string): string => new Date(time).toISOString().slice(0, 10);
