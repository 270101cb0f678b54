import type { BrowserSession } from '@baton/schema';
import { useAgents } from '../agents/use-agents.ts';
import { errorMessage } from '../format/error-message.ts';
import { useMay } from '../session/session-context.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';
import { roleWords } from './role-words.ts';
import { SettingList } from './setting-list.tsx';
import { SettingSection } from './setting.tsx';
import { useBrowsers } from './use-browsers.ts';

export function BrowserSettings() {
  const { pages, end } = useBrowsers();
  const mayEnd = useMay('sessions.revoke');
  return (
    <SettingSection
      title="Browsers"
      about="Where people are signed in: your own browsers, and for an admin everybody's. One that is ended is signed out at once."
    >
      {end.error !== null && <Notice message={errorMessage(end.error)} className="mb-3" />}
      <SettingList
        label="Browsers"
        pages={pages}
        empty={<EmptyState title="No browsers">Who signs in is listed here.</EmptyState>}
      >
        {(session) => (
          <BrowserRow
            key={session.id}
            session={session}
            isBusy={end.isPending}
            onEnd={mayEnd ? () => end.mutate(session.id) : null}
          />
        )}
      </SettingList>
    </SettingSection>
  );
}

type BrowserRowProps = { session: BrowserSession; isBusy: boolean; onEnd: (() => void) | null };

function BrowserRow({ session, isBusy, onEnd }: BrowserRowProps) {
  const { agentId, role, browser, subject, createdAt, lastSeenAt, expiresAt } = session;
  const { nameOf } = useAgents();
  const name = agentId === null ? 'Nobody yet' : nameOf(agentId);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line py-2.5 last:border-b-0">
      <div className="min-w-60 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <b className="font-semibold">{name}</b>
          <Badge>{roleWords[role].label}</Badge>
          {browser !== null && <span className="text-ink-2">{browser}</span>}
        </p>
        <p className="text-meta text-ink-3">
          signed in <Time at={createdAt} />
          {subject !== null && <span className="wrap-anywhere"> by your company as {subject}</span>}
          {lastSeenAt !== null && (
            <>
              {' · seen '}
              <Time at={lastSeenAt} />
            </>
          )}
          {' · ends by itself '}
          <Time at={expiresAt} />
        </p>
      </div>
      {onEnd !== null && (
        <Button onClick={onEnd} disabled={isBusy} aria-label={`End the session of ${name}`}>
          End
        </Button>
      )}
    </li>
  );
}
