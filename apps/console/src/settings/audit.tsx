import { AuditAction, type AuditRecord, ConversationId } from '@baton/schema';
import { Link, useNavigate } from '@tanstack/react-router';
import { useAgents } from '../agents/use-agents.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Select } from '../ui/select.tsx';
import { Time } from '../ui/time.tsx';
import { ActorName } from './actor-name.tsx';
import { auditLabels, describeAction, describeDetails, shortId } from './audit-words.ts';
import { SettingList } from './setting-list.tsx';
import { SettingSection } from './setting.tsx';
import type { SettingsParams } from './settings-params.ts';
import { useAudit } from './use-audit.ts';

const EVERYTHING = 'everything';
const CHOICES = [
  { value: EVERYTHING, label: 'Everything' },
  ...AuditAction.options.map((value) => ({ value, label: auditLabels[value] })),
] as const;

export function AuditSettings({ action }: Pick<SettingsParams, 'action'>) {
  const pages = useAudit(action);
  const navigate = useNavigate();
  return (
    <SettingSection
      title="Audit log"
      about="Who did what to keys, sessions, agents and settings, and who exported, erased or forced. It only grows."
      actions={
        <Select
          label="Show"
          value={action ?? EVERYTHING}
          choices={CHOICES}
          onChange={(chosen) =>
            void navigate({
              to: '/settings',
              search: { section: 'audit', ...(chosen !== EVERYTHING && { action: chosen }) },
            })
          }
          className="w-64 max-two:w-full"
        />
      }
    >
      <SettingList
        label="Audit log"
        pages={pages}
        moreLabel="Show earlier"
        empty={<EmptyState title="Nothing yet">What people and keys change will be listed here.</EmptyState>}
      >
        {(record) => <AuditRow key={record.id} record={record} />}
      </SettingList>
    </SettingSection>
  );
}

/** Of these the target is a conversation. */
const IN_CONVERSATIONS: ReadonlySet<string> = new Set(['conversations.force', 'conversations.actFor']);

function AuditRow({ record }: { record: AuditRecord }) {
  const { action, actor, at } = record;
  const { nameOf } = useAgents();
  const details = describeDetails(record, nameOf);
  return (
    <li className="grid gap-x-4 border-b border-line py-2 last:border-b-0 two:grid-cols-[120px_180px_minmax(0,1fr)]">
      <Time at={at} className="text-ink-3" />
      <span className="truncate">
        <ActorName actor={actor} />
      </span>
      <span className="min-w-0">
        {describeAction(action)} <Target record={record} />
        {details !== '' && <span className="block text-meta break-words text-ink-3">{details}</span>}
      </span>
    </li>
  );
}

/** What it was done to: a conversation can be opened, of anything else the id is shown. */
function Target({ record: { action, target } }: { record: AuditRecord }) {
  const { get, nameOf } = useAgents();
  if (target === null) return null;
  const conversation = IN_CONVERSATIONS.has(action) ? ConversationId.safeParse(target).data : undefined;
  if (conversation !== undefined)
    return (
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: conversation }}
        className="text-accent underline underline-offset-3"
      >
        in this conversation
      </Link>
    );
  if (get(target) !== undefined) return <b className="font-semibold">{nameOf(target)}</b>;
  return (
    <span title={target} className="text-meta break-all text-ink-3">
      {shortId(target)}
    </span>
  );
}
