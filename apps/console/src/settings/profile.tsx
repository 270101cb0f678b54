import { AgentId, type Role } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { useAgents } from '../agents/use-agents.ts';
import { errorMessage } from '../format/error-message.ts';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { useMay, useSession } from '../session/session-context.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { Time } from '../ui/time.tsx';
import { SegmentedControl } from '../ui/segmented.tsx';
import { Notice } from '../ui/notice.tsx';
import { CopyField } from './copy-field.tsx';
import { roleWords } from './role-words.ts';
import { Setting, SettingSection } from './setting.tsx';
import { useProfile, useSignInLink } from './use-profile.ts';

/** Everyone else is one person for as long as the browser is signed in. */
const MAY_BE_ANYONE: ReadonlySet<Role> = new Set(['app', 'import', 'admin']);

const AVAILABILITIES = [
  { value: 'available', label: 'Available' },
  { value: 'away', label: 'Away' },
] as const;

export function ProfileSettings() {
  const { agent, role, tenantId } = useSession();
  const mayWork = useMay('agents.update');
  const mayRegister = useMay('agents.register');
  const mayChange = MAY_BE_ANYONE.has(role);
  const mayMakeLinks = useMay('session.createLink');
  const agents = useAgents();
  const navigate = useNavigate();
  const { actAs, availability, signOut } = useProfile(agent.id);

  const shown = availability.isPending ? availability.variables : agent.availability;
  const error = actAs.error ?? availability.error ?? signOut.error;

  return (
    <SettingSection title="You" about="What you say and do is shown to your team under this name.">
      <Setting name="Person" note="Who is at this browser">
        {mayChange ? (
          <Select
            label="Person"
            value={agent.id}
            choices={agents.people.map(({ id, name }) => ({
              value: id,
              label: name,
              icon: <KindIcon kind="human" />,
            }))}
            onChange={(id) => actAs.mutate(AgentId.parse(id))}
            disabled={actAs.isPending}
            className="max-w-72"
          />
        ) : (
          agent.name
        )}
      </Setting>
      <Setting name="Availability" note="Who is away is given no conversation">
        {mayWork ? (
          <SegmentedControl
            label="Availability"
            value={shown}
            choices={AVAILABILITIES}
            onChange={(next) => availability.mutate(next)}
          />
        ) : shown === 'away' ? (
          'Away'
        ) : (
          'Available'
        )}
      </Setting>
      {mayRegister && (
        <Setting name="Name and capacity">
          <Button
            onClick={() => void navigate({ to: '/settings', search: { section: 'agents', agent: agent.id } })}
          >
            Change your entry
          </Button>
        </Setting>
      )}
      <Setting name="Time zone" note="That of this browser">
        {VIEWER_TIME_ZONE}
      </Setting>
      <Setting name="Role" note={`In the tenant ${tenantId}: ${role}`}>
        {roleWords[role].own}
      </Setting>
      {mayMakeLinks && <SignInLinkSetting />}
      <Setting name="Sign out" note="Ends the session of this browser">
        <Button
          icon={<LogOut size={16} aria-hidden />}
          onClick={() => signOut.mutate()}
          disabled={signOut.isPending}
        >
          Sign out
        </Button>
      </Setting>
      {error !== null && <Notice message={errorMessage(error)} className="mt-2" />}
    </SettingSection>
  );
}

function SignInLinkSetting() {
  const link = useSignInLink();
  return (
    <Setting name="Another browser" note="A link that signs one browser in, once">
      {link.data === undefined ? (
        <Button onClick={() => link.mutate()} disabled={link.isPending}>
          Make a link
        </Button>
      ) : (
        <div className="max-w-140">
          <CopyField
            label="Sign-in link"
            value={`${location.origin}/?token=${encodeURIComponent(link.data.token)}`}
            copied="The link is copied."
          />
          <p className="mt-1 text-meta text-ink-3">
            Works once, with your role; expires <Time at={link.data.expiresAt} />.
          </p>
        </div>
      )}
      {link.error !== null && <Notice message={errorMessage(link.error)} className="mt-2" />}
    </Setting>
  );
}
