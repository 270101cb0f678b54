import type { Caller, Store } from '@baton/repository';
import type { ConversationId } from '@baton/schema';
import { cyclicElement } from './cyclic-element.ts';
import { messageText } from './message-text.ts';
import type { Contender } from './measure.ts';

/** Baton as a library: the store's own way in, with every rule of the domain. */
export function batonStore(
  store: Store,
  caller: Caller,
  conversationIds: readonly ConversationId[],
): Contender {
  let number = 0;
  return {
    name: 'Baton',
    append(index) {
      number += 1;
      return store.execute(caller, 'messages.append', {
        conversationId: cyclicElement(conversationIds, index),
        clientMessageId: `baton-${number}`,
        author: { kind: 'customer' },
        text: messageText(number),
        visibility: 'public',
      });
    },
  };
}
