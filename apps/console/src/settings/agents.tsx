import type { Agent } from '@baton/schema';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { AgentLabel, KindIcon, kindLabels } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { rowTargetProps, useRowKeys } from '../keys/use-row-keys.ts';
import { AgentForm } from './agent-form.tsx';
import { SettingSection } from './setting.tsx';
import type { SettingsParams } from './settings-params.ts';
import { useMay } from '../session/session-context.ts';

export function AgentSettings({ open }: { open: SettingsParams['agent'] }) {
  const agents = useAgents();
  const navigate = useNavigate();
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const mayRegister = useMay('agents.register');
  const { nameOf } = agents;
  const columns = useMemo<Column<Agent>[]>(
    () => [
      {
        id: 'name',
        header: 'Name',
        value: ({ name }) => name,
        cell: ({ id, name, kind }) =>
          !mayRegister ? (
            <AgentLabel agentId={id} isKindShown={false} />
          ) : (
            <Link
              {...rowTargetProps}
              to="/settings"
              search={{ section: 'agents', agent: id }}
              className="inline-flex items-center gap-1.5 rounded-[4px] hover:underline"
            >
              <KindIcon kind={kind} className={kind === 'human' ? 'text-accent' : 'text-ink-3'} />
              <span className="font-semibold whitespace-nowrap">{name}</span>
              <span className="sr-only">, change it</span>
            </Link>
          ),
      },
      { id: 'kind', header: 'Kind', value: ({ kind }) => kindLabels[kind] },
      {
        id: 'availability',
        header: 'Availability',
        value: ({ availability }) => availability,
        cell: ({ availability }) => (availability === 'away' ? <Badge>Away</Badge> : 'Available'),
      },
      {
        id: 'capacity',
        header: 'Capacity',
        isNumeric: true,
        value: ({ capacity }) => capacity,
        cell: ({ capacity }) => capacity ?? <span className="text-ink-3">No limit</span>,
      },
      {
        id: 'who',
        header: 'Roles and members',
        isWideOnly: true,
        value: ({ roles, members }) => [...roles, ...members].join(', ') || null,
        cell: ({ kind, roles, members }) =>
          [roles, kind === 'queue' ? members.map(nameOf) : []]
            .filter((names) => names.length > 0)
            .map((names) => names.join(', '))
            .join(' · ') || <span className="text-ink-3">–</span>,
      },
    ],
    [nameOf, mayRegister],
  );
  const edited = open === undefined || open === '+' ? null : (agents.get(open) ?? null);
  const close = () => void navigate({ to: '/settings', search: { section: 'agents' } });

  return (
    <SettingSection
      title="Agents"
      about="Who can hold a conversation: AI, people, and queues whose members share what comes in."
      actions={
        mayRegister && (
          <Button
            icon={<Plus size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/settings', search: { section: 'agents', agent: '+' } })}
          >
            Register an agent
          </Button>
        )
      }
    >
      {agents.isLoaded ? (
        <div ref={list}>
          <DataTable
            caption="Agents"
            columns={columns}
            rows={agents.all}
            rowId={({ id }) => id}
            initialSort={[{ id: 'name', desc: false }]}
          />
        </div>
      ) : (
        <SkeletonLines lines={6} />
      )}
      {mayRegister && open === '+' && <AgentForm agent={null} onClose={close} />}
      {mayRegister && edited !== null && <AgentForm key={edited.id} agent={edited} onClose={close} />}
    </SettingSection>
  );
}
