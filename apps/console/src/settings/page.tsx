import { Link, useSearch } from '@tanstack/react-router';
import { useSession } from '../session/session-context.ts';
import { AgentSettings } from './agents.tsx';
import { AuditSettings } from './audit.tsx';
import { BrowserSettings } from './browsers.tsx';
import { BusinessHoursSettings } from './business-hours.tsx';
import { SECTIONS, SettingsParams } from './settings-params.ts';
import { KeySettings } from './keys.tsx';
import { LimitSettings } from './limits.tsx';
import { PrivacySettings } from './privacy.tsx';
import { RetentionSettings } from './retention.tsx';
import { SendingSettings } from './sending.tsx';
import { StoreSettings } from './store.tsx';
import { ThemeSettings } from './theme.tsx';
import { ProfileSettings } from './profile.tsx';

function Section({ section, agent, action, find }: SettingsParams) {
  switch (section) {
    case 'you':
      return <ProfileSettings />;
    case 'agents':
      return <AgentSettings open={agent} />;
    case 'hours':
      return <BusinessHoursSettings />;
    case 'sending':
      return <SendingSettings />;
    case 'browsers':
      return <BrowserSettings />;
    case 'keys':
      return <KeySettings />;
    case 'limits':
      return <LimitSettings />;
    case 'retention':
      return <RetentionSettings />;
    case 'privacy':
      return <PrivacySettings find={find} />;
    case 'audit':
      return <AuditSettings action={action} />;
    case 'theme':
      return <ThemeSettings />;
    case 'store':
      return <StoreSettings />;
  }
}

export default function SettingsPage() {
  const params = SettingsParams.parse(useSearch({ strict: false }));
  const { may } = useSession();
  const sections = SECTIONS.filter((each) => !('needs' in each) || may.includes(each.needs));
  const isOpen = sections.some(({ section }) => section === params.section);
  return (
    <div className="two:grid two:min-h-full two:grid-cols-[176px_minmax(0,1fr)]">
      <nav aria-label="Settings" className="overflow-x-auto border-line max-two:border-b two:border-r">
        <ul className="flex gap-px p-2 two:sticky two:top-0 two:flex-col">
          {sections.map(({ section, name }) => (
            <li key={section}>
              <Link
                to="/settings"
                search={{ section }}
                aria-current={section === params.section ? 'page' : undefined}
                className="flex h-8 items-center rounded-base px-2 whitespace-nowrap text-ink-2 hover:bg-hover aria-[current=page]:bg-hover aria-[current=page]:text-ink"
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0 px-4 py-5 two:max-w-220 two:px-8">
        {isOpen ? <Section {...params} /> : <p>Your role does not open this part of the settings.</p>}
      </div>
    </div>
  );
}
