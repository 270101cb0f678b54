import type { AgentInputItem, Session } from '@openai/agents-core';
import type { Peer, Said } from './peer.ts';

function itemOf({ author, text }: Said): AgentInputItem {
  return author === 'customer'
    ? { role: 'user', content: text }
    : { role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] };
}

/** @throws TypeError for an item that `itemOf` does not make */
function saidOf(item: AgentInputItem): Said {
  if ('role' in item && item.role === 'user' && typeof item.content === 'string')
    return { author: 'customer', text: item.content };
  const [part] = 'role' in item && item.role === 'assistant' ? item.content : [];
  if (part?.type !== 'output_text') throw new TypeError('An item that is no message');
  return { author: 'agent', text: part.text };
}

/** OpenAI Agents' sessions of one kind, each kept open. */
export function agentsPeer(name: string, openSession: (id: string) => Session): Peer {
  const sessions = new Map<string, Session>();
  const sessionOf = (id: string) => {
    const session = sessions.get(id) ?? openSession(id);
    sessions.set(id, session);
    return session;
  };
  return {
    name,
    beside: 'Baton',
    open: () => sessionOf(`session-${sessions.size}`).getSessionId(),
    append: (id, said) => sessionOf(id).addItems([itemOf(said)]),
    list: async (id, limit) => (await sessionOf(id).getItems(limit)).map(saidOf),
  };
}
