import type { SchemaDifference, StoreStats } from '@baton/schema';
import { CircleCheck, RefreshCw } from 'lucide-react';
import { errorMessage } from '../format/error-message.ts';
import { formatDuration } from '../format/time.ts';
import { formatCount } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { Notice } from '../ui/notice.tsx';
import { Setting, SettingSection } from './setting.tsx';
import { useStoreHealth } from './use-store-health.ts';

const countedCollections: readonly {
  key: Exclude<keyof StoreStats, 'unreadable'>;
  one: string;
  many?: string;
}[] = [
  { key: 'conversations', one: 'conversation' },
  { key: 'entries', one: 'entry', many: 'entries' },
  { key: 'handoffs', one: 'handoff' },
  { key: 'objections', one: 'objection' },
  { key: 'followUps', one: 'follow-up' },
  { key: 'contacts', one: 'contact' },
];

const problemLabels = { missing: 'Missing', different: 'Different', unexpected: 'Not declared' } as const;

const columns: Column<SchemaDifference>[] = [
  {
    id: 'what',
    header: 'What',
    value: ({ collection, name }) => `${collection} ${name}`,
    cell: ({ collection, what, name }) => (
      <>
        {collection}
        <span className="text-ink-3">
          {' '}
          {what} {name}
        </span>
      </>
    ),
  },
  { id: 'problem', header: 'Problem', value: ({ problem }) => problemLabels[problem] },
  {
    id: 'declared',
    header: 'Declared',
    value: ({ declared }) => declared,
    cell: ({ declared }) => <Code text={declared} />,
  },
  { id: 'found', header: 'Found', value: ({ found }) => found, cell: ({ found }) => <Code text={found} /> },
];

function Code({ text }: { text: string | null }) {
  if (text === null) return <span className="text-ink-3">–</span>;
  return (
    <code className="block max-w-60 truncate text-meta" title={text}>
      {text}
    </code>
  );
}

export function StoreSettings() {
  const { schema, ready, health, stats, error, isChecking, check } = useStoreHealth();
  return (
    <SettingSection
      title="Store"
      about="Whether MongoDB’s validators and indexes are those that this version declares."
      actions={
        <Button icon={<RefreshCw size={16} aria-hidden />} onClick={check} disabled={isChecking}>
          Check again
        </Button>
      }
    >
      {error != null && <Notice message={errorMessage(error)} className="mt-2" />}
      <Setting name="Schema">
        {schema === undefined ? (
          <SkeletonLines lines={2} />
        ) : schema.ok ? (
          <p role="status" className="flex items-center gap-1.5">
            <CircleCheck size={16} aria-hidden className="text-accent" />
            Every validator and index is as declared.
          </p>
        ) : (
          <div>
            <p role="status" className="mb-2">
              {formatCount(schema.differences.length, 'difference')}. <code>baton migrate</code> applies what
              is declared.
            </p>
            <DataTable
              caption="What differs from the declared schema"
              columns={columns}
              rows={schema.differences}
              rowId={({ collection, what, name }) => `${collection} ${what} ${name}`}
            />
          </div>
        )}
      </Setting>
      <Setting name="Migrations">
        {ready === undefined ? (
          <SkeletonLines lines={1} />
        ) : !ready.mongodb ? (
          'Unknown: MongoDB does not answer.'
        ) : ready.newerMigrations !== undefined ? (
          `A newer version has changed the store; this one cannot serve it: ${ready.newerMigrations.join(', ')}`
        ) : ready.pendingMigrations.length === 0 ? (
          'All are applied.'
        ) : (
          `Not applied yet: ${ready.pendingMigrations.join(', ')}`
        )}
      </Setting>
      <Setting name="Holds">
        {stats === undefined ? (
          <SkeletonLines lines={2} />
        ) : (
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {countedCollections.map(({ key, one, many }) => (
              <li key={key}>{formatCount(stats[key], one, many)}</li>
            ))}
            {stats.unreadable !== undefined && (
              <li>
                {stats.unreadable} that this version cannot read: <code>baton doctor</code> lists them
              </li>
            )}
          </ul>
        )}
      </Setting>
      <Setting name="Server">
        {health === undefined ? (
          <SkeletonLines lines={1} />
        ) : (
          `Version ${health.version}, running for ${formatDuration(health.uptimeMs)}`
        )}
      </Setting>
    </SettingSection>
  );
}
