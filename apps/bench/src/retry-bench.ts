import { connect, type Store } from '@baton/repository';
import {
  AppendMessage,
  AppendTurn,
  type ConversationId,
  CreateConversation,
  UpdateConversation,
} from '@baton/schema';
import { CALLER, openBenchStore } from './bench-tenant.ts';
import { type Call, compareCalls } from './compare-calls.ts';
import { messageText } from './message-text.ts';

const TURN = 100;
const ROUND_MS = 60;
/** So many retries are sent at once. */
const BURST = 60;

export type RetryBenchOptions = {
  rounds: number;
  /** How many messages the conversations have. */
  lengths: readonly number[];
};

/** A retry beside the append of as much that is new to the same conversation. */
export type RetryRow = {
  messages: number;
  retry: string;
  appendMs: number;
  retryMs: number;
  /** The median of the rounds' ratios. */
  ratio: number;
};

/**
 * Measures retries one at a time, each round an append and a retry in turn, on a database of its own that this call
 * may fill.
 * @param mongodbUri with that database in its path
 */
export async function benchRetries(mongodbUri: string, options: RetryBenchOptions): Promise<RetryRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const store = await openBenchStore(connection);
  const measured = { rounds: options.rounds, roundMs: ROUND_MS };
  const rows: RetryRow[] = [];
  for (const messages of options.lengths) {
    const conversationId = await converse(store, messages);
    for (const { retry, beside, calls = 1, call } of retriesOf(store, conversationId, messages)) {
      const { baselineMs, otherMs, ratio } = await compareCalls({ baseline: beside, other: call }, measured);
      rows.push({ messages, retry, appendMs: baselineMs, retryMs: otherMs / calls, ratio: ratio / calls });
    }
  }
  return rows;
}

const message = (number: number) => ({
  clientMessageId: `said-${number}`,
  author: { kind: 'customer' },
  text: messageText(number),
});

/** Every turn is followed by a keyed command. */
async function converse(store: Store, messages: number): Promise<ConversationId> {
  const contact = CreateConversation.parse({ contactId: `contact-${messages}`, channel: 'web' });
  const { conversation } = await store.execute(CALLER, 'conversations.create', contact);
  for (let from = 0; from < messages; from += TURN) {
    const turn = Array.from({ length: TURN }, (_, index) => message(from + index));
    const input = AppendTurn.parse({ conversationId: conversation.id, messages: turn });
    await store.execute(CALLER, 'messages.appendTurn', input);
    await tag(store, conversation.id, from);
  }
  return conversation.id;
}

function tag(store: Store, conversationId: ConversationId, from: number): Promise<unknown> {
  const input = { conversationId, tags: [`turn-${from}`], idempotencyKey: `${conversationId}-${from}` };
  return store.execute(CALLER, 'conversations.update', UpdateConversation.parse(input));
}

type Retry = { retry: string; beside: Call; call: Call; calls?: number };

let appended = 0;

const newMessage = () => {
  appended += 1;
  return { ...message(appended), clientMessageId: `new-${appended}` };
};

function retriesOf(store: Store, conversationId: ConversationId, messages: number): Retry[] {
  const say = (input: object) =>
    store.execute(CALLER, 'messages.append', AppendMessage.parse({ conversationId, ...input }));
  const sayTurn = (turn: object[]) =>
    store.execute(CALLER, 'messages.appendTurn', AppendTurn.parse({ conversationId, messages: turn }));
  const once = [1, 2, 3].map((number) => ({ ...message(number), clientMessageId: `once-${number}` }));
  let next = 0;
  const sayAgain = () => {
    next = (next + 1) % once.length;
    return say(once[next] ?? {});
  };
  const halfway = Math.floor(messages / TURN / 2) * TURN;
  const turnOf = (from: number) => Array.from({ length: TURN }, (_, index) => message(from + index));
  const beside = () => say(newMessage());
  const atOnce = (call: Call) => () => Promise.all(Array.from({ length: BURST }, call));
  return [
    { retry: 'keyed, the latest', beside, call: () => tag(store, conversationId, messages - TURN) },
    { retry: 'keyed, halfway', beside, call: () => tag(store, conversationId, halfway) },
    { retry: 'keyed, the first', beside, call: () => tag(store, conversationId, 0) },
    { retry: 'a message said lately', beside, call: sayAgain },
    {
      retry: 'a turn of 100 messages, halfway',
      beside: () => sayTurn(Array.from({ length: TURN }, newMessage)),
      call: () => sayTurn(turnOf(halfway)),
    },
    {
      retry: `keyed, halfway, ${BURST} at once, each`,
      beside,
      call: atOnce(() => tag(store, conversationId, halfway)),
      calls: BURST,
    },
    { retry: `messages, ${BURST} at once, each`, beside, call: atOnce(sayAgain), calls: BURST },
  ];
}
