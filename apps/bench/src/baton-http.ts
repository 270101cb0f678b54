import type { Baton } from '@baton/client';
import type { ConversationId } from '@baton/schema';
import { cyclicElement } from './cyclic-element.ts';
import { messageText } from './message-text.ts';
import type { Contender } from './measure.ts';

/** Baton as a server of its own process, through its client: HTTP, keys, Zod on both sides. */
export function batonHttp({ api }: Baton, conversationIds: readonly ConversationId[]): Contender {
  let number = 0;
  return {
    name: 'Baton over HTTP',
    append(index) {
      number += 1;
      return api.messages.append.mutate({
        conversationId: cyclicElement(conversationIds, index),
        clientMessageId: `http-${number}`,
        author: { kind: 'customer' },
        text: messageText(number),
      });
    },
  };
}
