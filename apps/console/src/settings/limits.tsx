import type { ServerLimits } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { formatCount } from '../format/labels.ts';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { Setting, SettingSection } from './setting.tsx';

const MEGABYTE = 1024 * 1024;
const megabytes = (bytes: number) => `${Number((bytes / MEGABYTE).toFixed(1)).toLocaleString()} MB`;
const count = (value: number) => value.toLocaleString();
const HOUR = 3_600_000;
const days = (ms: number) =>
  ms % (24 * HOUR) === 0 ? formatCount(ms / (24 * HOUR), 'day') : formatCount(ms / HOUR, 'hour');

const rows: readonly {
  limit: keyof ServerLimits;
  name: string;
  note: string;
  show: (value: number) => string;
}[] = [
  {
    limit: 'callsPerSecond',
    name: 'Calls in a second',
    note: 'Those of a batch count one by one',
    show: count,
  },
  { limit: 'runningCalls', name: 'Calls at once', note: 'That have no answer yet', show: count },
  { limit: 'batchCalls', name: 'Calls in a batch', note: 'That share one request', show: count },
  { limit: 'feeds', name: 'Live feeds', note: 'Open at once', show: count },
  { limit: 'bodyBytes', name: 'Size of a request', note: 'Of its body', show: megabytes },
  {
    limit: 'answerBytes',
    name: 'Size of an answer',
    note: 'To all queries of a batch together',
    show: megabytes,
  },
  { limit: 'nesting', name: 'Levels of an input', note: 'Objects and lists in each other', show: count },
  { limit: 'members', name: 'Members of an object', note: 'Or of a list', show: count },
  { limit: 'sessionIdleMs', name: 'A browser stays signed in', note: 'While nobody uses it', show: days },
  {
    limit: 'sessionLongestMs',
    name: 'And at the longest',
    note: 'Whoever is signed in signs in again',
    show: days,
  },
];

/** What the server grants the role of whoever looks. */
export function LimitSettings() {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.admin.limits.queryOptions());
  return (
    <SettingSection
      title="Limits"
      about="What one credential with your role may ask of this server, and how long browsers stay signed in. An operator sets them; a call beyond one is refused, with when to come back."
    >
      {error !== null && <Notice message={errorMessage(error)} className="mb-3" />}
      {rows.map(({ limit, name, note, show }) => (
        <Setting key={limit} name={name} note={note}>
          {data === undefined ? error === null && <SkeletonLines lines={1} /> : show(data[limit])}
        </Setting>
      ))}
    </SettingSection>
  );
}
