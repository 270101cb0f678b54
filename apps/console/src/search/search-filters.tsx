import { AgentId, AuthorKind, ConversationStatus, SalesStage } from '@baton/schema';
import { X } from 'lucide-react';
import { useAgents } from '../agents/use-agents.ts';
import { stageWords, statusWords } from '../format/labels.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { filterCount, type SearchAddress } from './search-params.ts';

const ANY = 'any';

const AUTHORS: Record<AuthorKind, string> = {
  customer: 'Said by customers',
  agent: 'Said by agents',
  system: 'Said by the system',
  tool: 'Said by tools',
};

const WAYS = [
  { value: 'conversations', label: 'Conversations' },
  { value: 'messages', label: 'Messages' },
] as const;

export type FiltersProps = { address: SearchAddress; onChange: (address: SearchAddress) => void };

/** Where to search, and what narrows it. */
export function Filters({ address, onChange }: FiltersProps) {
  const agents = useAgents();
  const { q } = address;
  const isByMessage = address.in === 'messages';
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label="Search for"
        value={address.in ?? 'conversations'}
        choices={WAYS}
        onChange={(value) => onChange(value === 'messages' ? { q, in: value } : { q })}
      />
      {isByMessage ? (
        <Select
          label="Author"
          value={address.author ?? ANY}
          choices={[
            { value: ANY, label: 'Said by anybody' },
            ...AuthorKind.options.map((kind) => ({ value: kind, label: AUTHORS[kind] })),
          ]}
          onChange={(value) => onChange({ ...address, author: AuthorKind.safeParse(value).data })}
          className="w-44"
        />
      ) : (
        <>
          <Select
            label="Stage"
            value={address.stage ?? ANY}
            choices={[
              { value: ANY, label: 'Every stage' },
              ...SalesStage.options.map((stage) => ({ value: stage, label: stageWords[stage] })),
            ]}
            onChange={(value) => onChange({ ...address, stage: SalesStage.safeParse(value).data })}
            className="w-36"
          />
          <Select
            label="Status"
            value={address.status ?? ANY}
            choices={[
              { value: ANY, label: 'Every status' },
              ...ConversationStatus.options.map((status) => ({ value: status, label: statusWords[status] })),
            ]}
            onChange={(value) => onChange({ ...address, status: ConversationStatus.safeParse(value).data })}
            className="w-36"
          />
          <Select
            label="Owner"
            value={address.agent ?? ANY}
            choices={[
              { value: ANY, label: 'Every owner' },
              ...agents.all.map(({ id, name, kind }) => ({
                value: id,
                label: name,
                mark: <KindIcon kind={kind} />,
              })),
            ]}
            onChange={(value) =>
              onChange({ ...address, agent: AgentId.safeParse(value === ANY ? '' : value).data })
            }
            className="w-44"
          />
        </>
      )}
      {address.of !== undefined && (
        <Button icon={<X size={16} aria-hidden />} onClick={() => onChange({ ...address, of: undefined })}>
          In one conversation only
        </Button>
      )}
      {filterCount(address) > 0 && (
        <Button look="quiet" onClick={() => onChange(isByMessage ? { q, in: 'messages' } : { q })}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
