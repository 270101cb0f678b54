import { AgentId, type CreateApiKeyInput, Role } from '@baton/schema';
import { type FormEvent, useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { errorMessage } from '../format/error-message.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { roleWords } from './role-words.ts';

const DAY_MS = 24 * 3_600_000;
const NOBODY = '';
const LIVES = [
  { value: 'never', label: 'Never', days: null },
  { value: 'month', label: 'In 30 days', days: 30 },
  { value: 'quarter', label: 'In 90 days', days: 90 },
  { value: 'year', label: 'In a year', days: 365 },
] as const;
type Life = (typeof LIVES)[number]['value'];

type KeyFormProps = {
  error: unknown;
  isBusy: boolean;
  onSubmit: (input: CreateApiKeyInput) => void;
  onClose: () => void;
};

export function KeyForm({ error, isBusy, onSubmit, onClose }: KeyFormProps) {
  const agents = useAgents();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('app');
  const [agentId, setAgentId] = useState(NOBODY);
  const [life, setLife] = useState<Life>('never');
  const [fault, setFault] = useState<string>();
  const isBound = role === 'agent';

  function submit(event: FormEvent): void {
    event.preventDefault();
    const agent = AgentId.safeParse(agentId).data;
    if (name.trim() === '') setFault('Give it a name, by which you know it later');
    else if (isBound && agent === undefined) setFault('Choose the agent that it speaks for');
    else {
      setFault(undefined);
      const days = LIVES.find(({ value }) => value === life)?.days ?? null;
      onSubmit({
        name: name.trim(),
        role,
        agentId: agent,
        expiresAt: days === null ? undefined : new Date(Date.now() + days * DAY_MS).toISOString(),
      });
    }
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Make an API key">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <TextField
          label="Name"
          value={name}
          maxLength={100}
          hint="Where it is used: Website chat, Nightly import"
          error={fault}
          onChange={(event) => setName(event.target.value)}
          autoFocus
        />
        <Select
          label="Role"
          isLabelShown
          value={role}
          choices={Role.options.map((value) => ({
            value,
            label: roleWords[value].label,
            note: roleWords[value].note,
          }))}
          onChange={setRole}
        />
        <div className="grid gap-4 two:grid-cols-2">
          <Select
            label={isBound ? 'Speaks for' : 'Acts as'}
            isLabelShown
            value={agentId}
            choices={[
              ...(isBound ? [] : [{ value: NOBODY, label: 'Whoever it names' }]),
              ...agents.all.map(({ id, name: label, kind }) => ({
                value: id as string,
                label,
                icon: <KindIcon kind={kind} />,
              })),
            ]}
            onChange={setAgentId}
          />
          <Select label="Expires" isLabelShown value={life} choices={LIVES} onChange={setLife} />
        </div>
        {error != null && <Notice message={errorMessage(error)} />}
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="primary" disabled={isBusy}>
            Make the key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
