import { isBlank, type MessageEntry } from '@baton/schema';
import { partCharacters } from './message-words.ts';

/** Tokens for a message's role and delimiters. */
const TOKENS_OF_A_FRAME = 4;
export const CHARACTERS_OF_A_TOKEN = 4;

/**
 * How many tokens a message takes, by estimate: a quarter of its characters (text, what parts say, arguments and
 * results of tools, addresses), rounded up, and four for its frame. A framework's `raw` message is not counted.
 */
export function estimateTokens({ text, parts = [] }: Pick<MessageEntry, 'text' | 'parts'>): number {
  const characters = parts.reduce((sum, part) => sum + partCharacters(part), text.length);
  return Math.ceil(characters / CHARACTERS_OF_A_TOKEN) + TOKENS_OF_A_FRAME;
}

type Part = NonNullable<MessageEntry['parts']>[number];

/** The message with some of its parts; where one is left out, without its `raw` form, which has them all. */
function withParts(message: MessageEntry, isWanted: (part: Part) => boolean): MessageEntry {
  const { parts = [], raw: _raw, ...rest } = message;
  const wanted = parts.filter(isWanted);
  if (wanted.length === parts.length) return message;
  return wanted.length === 0 ? rest : { ...rest, parts: wanted };
}

type OpenCalls = { callIds: string[]; afterSeq: number };

/**
 * The newest messages of a conversation that fit a budget of tokens, for a model's prompt. In it a tool's result stands
 * behind its call, or not at all; a call without a result stands there only where none was said. The words beside a
 * call stay without it.
 */
export class MessageWindow {
  readonly #tokenBudget: number;
  /** Newest first. */
  #messages: MessageEntry[] = [];
  #tokens = 0;
  /** The seq of the latest result here, by the call's id. */
  readonly #results = new Map<string, number>();
  /** The same of the results that the reader may not see. */
  readonly #hiddenResults = new Map<string, number>();
  /** The calls from here on were compared with the hidden results. */
  #comparedFrom = Infinity;

  constructor(tokenBudget: number) {
    this.#tokenBudget = tokenBudget;
  }

  fits(message: MessageEntry): boolean {
    return this.#tokens + estimateTokens(this.#withoutHiddenCalls(message)) <= this.#tokenBudget;
  }

  /** @param message older than those before */
  add(message: MessageEntry): void {
    noteResults(this.#results, message);
    const shown = this.#withoutHiddenCalls(message);
    this.#messages.push(shown);
    this.#tokens += estimateTokens(shown);
  }

  /** The calls here, and in the message that would come next, whose results may be hidden; null where there is none. */
  openCalls(next: readonly MessageEntry[] = []): OpenCalls | null {
    const callIds = new Set<string>();
    const answered = new Set<string>();
    let afterSeq = 0;
    for (const { seq, parts = [] } of [...this.#messages, ...next]) {
      for (const part of parts.toReversed()) {
        if (part.type === 'tool_result') answered.add(part.callId);
        if (part.type !== 'tool_call' || answered.has(part.callId) || seq >= this.#comparedFrom) continue;
        callIds.add(part.callId);
        afterSeq = seq;
      }
    }
    return callIds.size === 0 ? null : { callIds: [...callIds], afterSeq };
  }

  /** Takes the calls out that the results answer: all hidden ones of those that `openCalls` told of. */
  hide({ afterSeq }: OpenCalls, results: readonly Pick<MessageEntry, 'seq' | 'parts'>[]): void {
    this.#comparedFrom = afterSeq;
    for (const result of results) noteResults(this.#hiddenResults, result);
    const before = this.#messages;
    [this.#messages, this.#tokens] = [[], 0];
    for (const message of before) this.add(message);
  }

  /** Leaves out a message that a newer one replaces: its results are none, and their calls go with them. */
  leaveOut(message: Pick<MessageEntry, 'seq' | 'parts'>): void {
    noteResults(this.#hiddenResults, message);
  }

  /** Oldest first. */
  finish(): { messages: MessageEntry[]; tokens: number } {
    const called = new Set<string>();
    const messages = this.#messages.toReversed().flatMap((message) => {
      const paired = withParts(message, (part) => {
        if (part.type === 'tool_call') called.add(part.callId);
        return part.type !== 'tool_result' || called.has(part.callId);
      });
      if (paired.parts !== undefined) return [paired];
      // The words of a tool are those of its results.
      const isResult = paired !== message && message.author.kind === 'tool';
      const saysNothing = isBlank(paired.text) && paired.raw === undefined;
      return isResult || saysNothing ? [] : [paired];
    });
    return { messages, tokens: messages.reduce((sum, message) => sum + estimateTokens(message), 0) };
  }

  #withoutHiddenCalls(message: MessageEntry): MessageEntry {
    const isHidden = (callId: string) =>
      (this.#hiddenResults.get(callId) ?? 0) > message.seq && (this.#results.get(callId) ?? 0) < message.seq;
    return withParts(message, (part) => part.type !== 'tool_call' || !isHidden(part.callId));
  }
}

/** Keeps the latest result of each call. */
function noteResults(
  seqs: Map<string, number>,
  { seq, parts = [] }: Pick<MessageEntry, 'seq' | 'parts'>,
): void {
  for (const part of parts)
    if (part.type === 'tool_result') seqs.set(part.callId, Math.max(seq, seqs.get(part.callId) ?? 0));
}
