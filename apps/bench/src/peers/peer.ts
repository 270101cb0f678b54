import { messageText } from '../message-text.ts';

export type Said = { author: 'customer' | 'agent'; text: string };

/** One way to keep conversations. */
export type Peer = {
  name: string;
  /** The way into Baton over the same distance: within this process, or over HTTP. */
  beside: 'Baton' | 'Baton over HTTP';
  /** Begins a conversation, and gives its id. */
  open: () => Promise<string>;
  /** Resolves once the message is stored as safely as this peer can. */
  append: (conversation: string, said: Said) => Promise<unknown>;
  /** @param limit only the newest so many; @returns the oldest first */
  list: (conversation: string, limit?: number) => Promise<Said[]>;
};

/** The n-th message of each conversation. */
export function sample(number: number): Said {
  return { author: number % 2 === 0 ? 'customer' : 'agent', text: messageText(number) };
}
