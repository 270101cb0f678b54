import type { Agent, AgentKind } from '@baton/schema';
import { useAgents } from '../agents/use-agents.ts';
import { errorMessage } from '../format/error-message.ts';
import { KindIcon, kindLabels } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { SegmentedControl } from '../ui/segmented.tsx';
import { idOf } from './agent-draft.ts';
import { FieldError } from '../ui/field-error.tsx';
import { Notice } from '../ui/notice.tsx';
import { useAgentForm } from './use-agent-form.ts';

const KINDS: readonly { value: AgentKind; note: string }[] = [
  { value: 'human', note: 'Works in this console' },
  { value: 'ai', note: 'Works through the API' },
  { value: 'queue', note: 'Any of its members may accept' },
];

const AVAILABILITIES = [
  { value: 'available', label: 'Available' },
  { value: 'away', label: 'Away' },
] as const;

export function AgentForm({ agent, onClose }: { agent: Agent | null; onClose: () => void }) {
  const { draft, set, errors, save, submit } = useAgentForm(agent, onClose);

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={agent === null ? 'Register an agent' : agent.name}
      {...(agent !== null && { description: `${kindLabels[agent.kind]} · ${agent.id}` })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        noValidate
        className="flex flex-col gap-4"
      >
        <TextField
          label="Name"
          value={draft.name}
          error={errors.name}
          maxLength={200}
          onChange={(event) => set({ name: event.target.value })}
          autoFocus
        />
        {agent === null && (
          <div className="grid gap-4 two:grid-cols-2">
            <TextField
              label="Id"
              value={draft.id}
              placeholder={idOf(draft)}
              error={errors.id}
              hint="By it the API knows the agent. It stays."
              maxLength={64}
              spellCheck={false}
              onChange={(event) => set({ id: event.target.value })}
            />
            <Select
              label="Kind"
              isLabelShown
              value={draft.kind}
              choices={KINDS.map(({ value, note }) => ({
                value,
                note,
                label: kindLabels[value],
                icon: <KindIcon kind={value} />,
              }))}
              onChange={(kind) => set({ kind })}
            />
          </div>
        )}
        <div className="grid gap-4 two:grid-cols-2">
          <TextField
            label="Capacity"
            value={draft.capacity}
            error={errors.capacity}
            hint="Most active conversations at once; empty for no limit."
            inputMode="numeric"
            onChange={(event) => set({ capacity: event.target.value })}
          />
          <div>
            <span aria-hidden className="mb-1 block text-meta text-ink-2">
              Availability
            </span>
            <SegmentedControl
              label="Availability"
              value={draft.availability}
              choices={AVAILABILITIES}
              onChange={(availability) => set({ availability })}
            />
          </div>
        </div>
        <TextField
          label="Roles"
          value={draft.roles}
          error={errors.roles}
          hint="In your own words, separated by commas: closer, support"
          onChange={(event) => set({ roles: event.target.value })}
        />
        {draft.kind === 'queue' && (
          <Members chosen={draft.members} error={errors.members} onChange={(members) => set({ members })} />
        )}
        {save.error !== null && <Notice message={errorMessage(save.error)} className="mt-2" />}
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="primary" disabled={save.isPending}>
            {agent === null ? 'Register' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

type MembersProps = {
  chosen: readonly string[];
  error: string | undefined;
  onChange: (members: readonly string[]) => void;
};

/** Queues cannot be members of a queue. */
function Members({ chosen, error, onChange }: MembersProps) {
  const agents = useAgents();
  const candidates = agents.all.filter(({ kind }) => kind !== 'queue');
  return (
    <fieldset>
      <legend className="mb-1 text-meta text-ink-2">Members</legend>
      <ul className="max-h-48 overflow-y-auto rounded-base border border-line">
        {candidates.map(({ id, name, kind }) => (
          <li key={id} className="border-b border-line last:border-b-0">
            <label className="flex h-8 items-center gap-2 px-2 hover:bg-hover">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={(event) =>
                  onChange(event.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
                }
                className="accent-accent"
              />
              <KindIcon kind={kind} className="text-ink-3" />
              <span className="font-semibold">{name}</span>
              <span className="text-meta text-ink-3">{kindLabels[kind]}</span>
            </label>
          </li>
        ))}
      </ul>
      {error !== undefined && <FieldError className="mt-1">{error}</FieldError>}
    </fieldset>
  );
}
