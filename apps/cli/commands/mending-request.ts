import type { MendingOptions } from '../definitions/mending-options.ts';

/** What `--fix` and `--answer-within` say. */
export const mendingRequest = ({ fix, answerWithin }: MendingOptions) => ({
  ...(fix !== undefined && { fixes: fix }),
  ...(answerWithin !== undefined && { answerSeconds: answerWithin }),
});
