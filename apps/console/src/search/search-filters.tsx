import { AgentId, AuthorKind, ConversationStatus, SalesStage } from '@baton/schema';
import { X } from 'lucide-react';
import { useAgents } from '../agents/use-agents.ts';
import { stageLabels, statusLabels } from '../format/labels.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { SegmentedControl } from '../ui/segmented.tsx';
import { filterCount, type SearchParams } from './search-params.ts';

const ANY = 'any';

const authorLabels: Record<AuthorKind, string> = {
  customer: 'Said by customers',
  agent: 'Said by agents',
  system: 'Said by the system',
  tool: 'Said by tools',
};

const MODES = [
  { value: 'conversations', label: 'Conversations' },
  { value: 'messages', label: 'Messages' },
] as const;

export type SearchFiltersProps = { params: SearchParams; onChange: (params: SearchParams) => void };

export function SearchFilters({ params, onChange }: SearchFiltersProps) {
  const agents = useAgents();
  const { q } = params;
  const isByMessage = params.in === 'messages';
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SegmentedControl
        label="Search for"
        value={params.in ?? 'conversations'}
        choices={MODES}
        onChange={(value) => onChange(value === 'messages' ? { q, in: value } : { q })}
      />
      {isByMessage ? (
        <Select
          label="Author"
          value={params.author ?? ANY}
          choices={[
            { value: ANY, label: 'Said by anybody' },
            ...AuthorKind.options.map((kind) => ({ value: kind, label: authorLabels[kind] })),
          ]}
          onChange={(value) => onChange({ ...params, author: AuthorKind.safeParse(value).data })}
          className="w-44"
        />
      ) : (
        <>
          <Select
            label="Stage"
            value={params.stage ?? ANY}
            choices={[
              { value: ANY, label: 'Every stage' },
              ...SalesStage.options.map((stage) => ({ value: stage, label: stageLabels[stage] })),
            ]}
            onChange={(value) => onChange({ ...params, stage: SalesStage.safeParse(value).data })}
            className="w-36"
          />
          <Select
            label="Status"
            value={params.status ?? ANY}
            choices={[
              { value: ANY, label: 'Every status' },
              ...ConversationStatus.options.map((status) => ({ value: status, label: statusLabels[status] })),
            ]}
            onChange={(value) => onChange({ ...params, status: ConversationStatus.safeParse(value).data })}
            className="w-36"
          />
          <Select
            label="Owner"
            value={params.agent ?? ANY}
            choices={[
              { value: ANY, label: 'Every owner' },
              ...agents.all.map(({ id, name, kind }) => ({
                value: id,
                label: name,
                icon: <KindIcon kind={kind} />,
              })),
            ]}
            onChange={(value) =>
              onChange({ ...params, agent: AgentId.safeParse(value === ANY ? '' : value).data })
            }
            className="w-44"
          />
        </>
      )}
      {params.of !== undefined && (
        <Button icon={<X size={16} aria-hidden />} onClick={() => onChange({ ...params, of: undefined })}>
          In one conversation only
        </Button>
      )}
      {filterCount(params) > 0 && (
        <Button variant="quiet" onClick={() => onChange(isByMessage ? { q, in: 'messages' } : { q })}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
