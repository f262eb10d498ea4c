import type { ContentBlock, ConverseRequest, Message, Tool } from '@aws-sdk/client-bedrock-runtime';
import type { ModelFacts } from './model-catalog.ts';
import {
  modelComplaint,
  Refusal,
  SERVICE_ERRORS,
  type ServiceError,
  validationError,
} from './service-error.ts';

const MOST_CACHE_POINTS = 4;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Refuses what the service or the model refuses in a request of the right shape. */
export function checkConversation(request: ConverseRequest, facts: ModelFacts): void {
  const { messages = [], toolConfig } = request;
  checkTurns(messages, facts);
  checkTexts(request);
  checkToolUse(messages, toolConfig?.tools ?? [], toolConfig !== undefined);
  checkOffer(request, facts);
  checkInference(request, facts);
  checkCachePoints(request, facts);
}

/** Refuses a prompt that does not fit the model, alone or together with the answer that was asked for. */
export function checkLength(
  promptTokens: number,
  maximumOutputTokens: number,
  { contextTokens }: ModelFacts,
) {
  if (promptTokens > contextTokens) {
    refuse(modelComplaint(`prompt is too long: ${promptTokens} tokens > ${contextTokens} maximum`));
  }
  if (promptTokens + maximumOutputTokens > contextTokens) {
    const sum = `${promptTokens} + ${maximumOutputTokens} > ${contextTokens}`;
    refuse(
      modelComplaint(
        `input length and \`max_tokens\` exceed context limit: ${sum}, decrease input length or \`max_tokens\` and try again`,
      ),
    );
  }
}

function checkTurns(messages: readonly Message[], { family }: ModelFacts): void {
  if (messages[0]?.role !== 'user') {
    refuse(
      validationError(
        'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
      ),
    );
  }
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'user' && role !== 'assistant') {
      refuse(notAmong(`messages.${index + 1}.member.role`, String(role), '[user, assistant]'));
    }
    if (index > 0 && role === messages[index - 1]?.role) {
      refuse(
        validationError(
          'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
        ),
      );
    }
    if (content === undefined || content.length === 0) {
      refuse(
        validationError(
          `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
        ),
      );
    }
  }
  if (family === 'claude' && messages.at(-1)?.role !== 'user') {
    refuse(
      modelComplaint(
        'This model does not support assistant message prefill. The conversation must end with a user message.',
      ),
    );
  }
}

function checkTexts({ messages = [], system = [] }: ConverseRequest): void {
  const blank = (type: string, at: string) =>
    validationError(
      `The text field in the ${type} object at ${at} is blank. Add text to the text field, and try again.`,
    );
  for (const [index, { text }] of system.entries()) {
    if (text?.trim() === '') refuse(blank('SystemContentBlock', `system.${index}`));
  }
  for (const [index, { content = [] }] of messages.entries()) {
    for (const [place, block] of content.entries()) {
      if (block.text?.trim() === '') refuse(blank('ContentBlock', `messages.${index}.content.${place}`));
      const inner = block.toolResult?.content ?? [];
      if (inner.some(({ text }) => text === '')) {
        refuse(modelComplaint('messages: text content blocks must be non-empty'));
      }
    }
  }
}

const idsOf = (content: readonly ContentBlock[] | undefined, kind: 'toolUse' | 'toolResult'): string[] =>
  (content ?? []).flatMap((block) => block[kind]?.toolUseId ?? []);

function checkToolUse(messages: readonly Message[], tools: readonly Tool[], hasTools: boolean): void {
  for (const [index, { role, content }] of messages.entries()) {
    const asked = index === 0 ? [] : idsOf(messages[index - 1]?.content, 'toolUse');
    const answered = idsOf(content, 'toolResult');
    if ((asked.length > 0 || answered.length > 0) && (!hasTools || tools.length === 0)) {
      refuse(
        validationError(
          'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
        ),
      );
    }
    if (role === 'user' && answered.length > asked.length) {
      refuse(
        validationError(
          `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
        ),
      );
    }
    const open = asked.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      refuse(
        validationError(
          `Expected toolResult blocks at messages.${index}.content for the following Ids: ${open.join(', ')}`,
        ),
      );
    }
  }
}

function checkOffer({ toolConfig }: ConverseRequest, { family }: ModelFacts): void {
  if (toolConfig === undefined) return;
  const specs = (toolConfig.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
  if (specs.length === 0) refuse(tooShort('toolConfig.tools'));
  const names = specs.map(({ name = '' }) => name);
  for (const [index, name] of names.entries()) {
    const at = `toolConfig.tools.${index + 1}.member.toolSpec.name`;
    if (!TOOL_NAME.test(name)) refuse(notMatching(at, name));
    if (names.indexOf(name) !== index) refuse(modelComplaint('tools: Tool names must be unique.'));
  }
  const chosen = toolConfig.toolChoice?.tool?.name;
  if (chosen !== undefined && !names.includes(chosen)) {
    refuse(modelComplaint(`Tool '${chosen}' not found in provided tools`));
  }
  if (family === 'nova') checkNovaSchemas(specs.map(({ inputSchema }) => inputSchema?.json));
}

/** Nova takes no definitions at the top of a tool's schema. */
function checkNovaSchemas(schemas: readonly unknown[]): void {
  for (const [index, schema] of schemas.entries()) {
    const key = Object.keys(Object(schema)).find((name) => name === '$defs' || name === 'definitions');
    if (key === undefined) continue;
    refuse(
      modelComplaint(
        `Malformed input request: #/toolConfig/tools/${index}/toolSpec/inputSchema/json: extraneous key [${key}] is not permitted, please reformat your input and try again.`,
      ),
    );
  }
}

function checkInference({ inferenceConfig = {} }: ConverseRequest, facts: ModelFacts): void {
  const { maxTokens, temperature, topP } = inferenceConfig;
  const limit = facts.maximumOutputTokens;
  if (maxTokens !== undefined && maxTokens < 1) refuse(outOfRange('inferenceConfig.maxTokens', maxTokens, 1));
  if (maxTokens !== undefined && maxTokens > limit) {
    refuse(
      validationError(
        `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
      ),
    );
  }
  if (facts.takesTemperature) return;
  for (const [name, value] of Object.entries({ temperature, top_p: topP })) {
    if (value !== undefined) refuse(modelComplaint(`\`${name}\` is deprecated for this model.`));
  }
}

function checkCachePoints(
  { messages = [], system = [], toolConfig }: ConverseRequest,
  facts: ModelFacts,
): void {
  const pointsOf = (blocks: readonly (ContentBlock | Tool)[]) =>
    blocks.flatMap(({ cachePoint }) => cachePoint ?? []);
  const onTools = pointsOf(toolConfig?.tools ?? []);
  const points = [...onTools, ...pointsOf([...system, ...messages.flatMap(({ content = [] }) => content)])];
  if (points.length === 0) return;
  if (facts.leastCachedTokens === null) refuse(SERVICE_ERRORS.noPromptCaching);
  if (facts.family === 'nova' && onTools.length > 0) {
    refuse(
      modelComplaint(
        'Malformed input request: #/toolConfig/tools: extraneous key [cachePoint] is not permitted, please reformat your input and try again.',
      ),
    );
  }
  if (points.length > MOST_CACHE_POINTS) {
    refuse(
      modelComplaint(
        `A maximum of ${MOST_CACHE_POINTS} blocks with cache_control may be provided. Found ${points.length}.`,
      ),
    );
  }
  const shorter = points.findIndex(({ ttl }) => ttl !== '1h');
  if (shorter >= 0 && points.slice(shorter).some(({ ttl }) => ttl === '1h')) {
    refuse(
      modelComplaint("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block."),
    );
  }
}

function refuse(error: ServiceError): never {
  throw new Refusal(error);
}

const constraint = (what: string, rule: string): ServiceError =>
  validationError(`1 validation error detected: Value ${what} failed to satisfy constraint: ${rule}`);
const outOfRange = (at: string, value: number, least: number) =>
  constraint(`'${value}' at '${at}'`, `Member must have value greater than or equal to ${least}`);
const notAmong = (at: string, value: string, allowed: string) =>
  constraint(`'${value}' at '${at}'`, `Member must satisfy enum value set: ${allowed}`);
const notMatching = (at: string, value: string) =>
  constraint(`'${value}' at '${at}'`, `Member must satisfy regular expression pattern: ${TOOL_NAME.source}`);
const tooShort = (at: string) =>
  constraint(`at '${at}'`, 'Member must have length greater than or equal to 1');
