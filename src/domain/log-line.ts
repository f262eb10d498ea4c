export const LOG_SOURCES = ['agent', 'build', 'instance', 'database', 'access'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** One line of output. `name` says whose: an agent, an instance id, `build`. */
export interface LogLine {
  readonly time: string;
  readonly source: LogSource;
  readonly name: string;
  readonly text: string;
}
