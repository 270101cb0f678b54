import { createHash } from 'node:crypto';
import { AgentId } from '@baton/schema';

const LONGEST = 64;

/** The id of an agent whom a source knows by name: `Sam Desk` is `sam_desk`. The same name has always the same id. */
export function agentOfName(name: string): AgentId {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (/^[a-z]/.test(slug) && slug.length <= LONGEST) return AgentId.parse(slug);
  const digest = createHash('sha256').update(name.normalize('NFC')).digest('hex').slice(0, 12);
  return AgentId.parse(`agent_${digest}`);
}
