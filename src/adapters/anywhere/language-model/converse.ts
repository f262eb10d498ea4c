import type { ModelFailure } from '../../../domain/models/model-call.ts';
import { modelName } from '../../../domain/models/model-settings.ts';
import { QUESTION_KINDS } from '../../../domain/models/question-kind.ts';
import { cleanText } from '../../../domain/untrusted-text/clean-text.ts';
import { withoutFrames } from '../../../domain/untrusted-text/frames.ts';
import { redact } from '../../../domain/untrusted-text/redact.ts';
import { shortened } from '../../../domain/untrusted-text/shorten.ts';
import type { Conversation, ConversationEvent } from '../../../ports/language-model.ts';
import { chainOf } from './chain.ts';
import { EventQueue } from './event-queue.ts';
import { judgeWords } from './judge-answer.ts';
import type { GatewayParts } from './parts.ts';
import { type Prompt, promptOf } from './prompt.ts';
import type { Providers } from './providers.ts';
import { recordUnasked } from './record-unasked.ts';
import type { Run } from './run.ts';
import { startRunTime } from './run-time.ts';
import { SpokenText } from './spoken-text.ts';
import { Steps } from './steps.ts';
import { think } from './think.ts';
import { proposingTool, readingTool } from './tools.ts';

interface Talk {
  readonly parts: GatewayParts;
  readonly providers: Providers;
  readonly conversation: Conversation;
  readonly run: Run;
  readonly prompt: Prompt;
  readonly events: EventQueue<ConversationEvent>;
  readonly spoken: SpokenText;
}

/** A turn of a conversation, as it is written. Who stops reading stops the model. */
export async function* converse(
  { parts, providers }: Pick<Talk, 'parts' | 'providers'>,
  conversation: Conversation,
  signal?: AbortSignal,
): AsyncGenerator<ConversationEvent, void> {
  const { agent, deploymentId, kind } = conversation;
  const prompt = promptOf(conversation);
  const left = new AbortController();
  const leave = () => left.abort();
  if (signal?.aborted) leave();
  else signal?.addEventListener('abort', leave, { once: true });
  const time = startRunTime(parts.clock, QUESTION_KINDS[kind].deadlineSeconds, left.signal);
  const talk: Talk = {
    parts,
    providers,
    conversation,
    run: { agent, deploymentId, kind, time },
    prompt,
    events: new EventQueue(),
    spoken: new SpokenText(conversation.secrets),
  };
  const talking = speak(talk).finally(() => talk.events.end());
  // Its failure is thrown below, and nowhere when nobody reads any more.
  talking.catch(() => undefined);
  try {
    yield* talk.events.read();
    await talking;
  } finally {
    leave();
    signal?.removeEventListener('abort', leave);
    await talking.catch(parts.onTrouble);
    time.end();
  }
}

async function speak(talk: Talk): Promise<void> {
  const { parts, run, prompt, events, spoken, conversation } = talk;
  const steps = stepsOf(talk);
  const say = (text: string) => text !== '' && events.add({ kind: 'text', text });
  const tools = [
    ...(conversation.tools ?? []).map((tool) =>
      readingTool(tool, { prompt, signal: run.time.signal, onRead: () => undefined }),
    ),
    ...(conversation.proposals ?? []).map((tool) =>
      proposingTool(tool, (action) => {
        say(spoken.end());
        events.add({ kind: 'proposal', action });
      }),
    ),
  ];
  const { onTrouble } = parts;
  const reason = await think({ run, prompt, said: wordsOf(conversation), tools, steps, onTrouble });
  const { answeredBy } = steps;
  if (reason !== undefined || answeredBy === undefined) {
    await fail(talk, reason ?? 'empty');
    return;
  }
  say(spoken.end());
  events.add({ kind: 'end', level: answeredBy.level, model: modelName(answeredBy.reference) });
}

/** A stream tells that it lives; who says nothing for so long has died. */
const STREAM_PATIENCE_MILLISECONDS = 20_000;

function stepsOf({ parts, providers, run, conversation, prompt, events, spoken }: Talk): Steps {
  return new Steps({
    parts,
    providers,
    run,
    chain: chainOf(conversation.kind, parts.settings),
    marker: prompt.marker,
    use: { streams: true, cachesConversation: true },
    judge: judgeWords,
    endsWithAnswer: false,
    patienceMilliseconds: (left) => Math.min(left, STREAM_PATIENCE_MILLISECONDS),
    onText: (delta) => {
      const text = spoken.add(delta);
      if (text !== '') events.add({ kind: 'text', text });
    },
    onAgain: () => {
      spoken.clear();
      events.add({ kind: 'again' });
    },
  });
}

async function fail({ parts, run, events, prompt }: Talk, reason: ModelFailure): Promise<void> {
  if (reason !== 'cancelled') {
    await recordUnasked(parts, run, {
      level: 'rules',
      model: null,
      cached: 'no',
      promptDigest: prompt.digest,
      failure: reason,
    });
  }
  events.add({ kind: 'failed', reason });
}

/** The words of a conversation, with the newest whole and the oldest left out where they are too many. */
function wordsOf({ turns, kind, secrets = [] }: Conversation) {
  let left = QUESTION_KINDS[kind].maximumDataCharacters;
  const words: { readonly role: 'user' | 'assistant'; readonly text: string }[] = [];
  for (const { by, text } of turns.toReversed()) {
    const clean = shortened(withoutFrames(redact(cleanText(text), secrets)), left).trim();
    left -= clean.length;
    if (clean !== '') words.unshift({ role: by === 'operator' ? 'user' : 'assistant', text: clean });
  }
  return words;
}
