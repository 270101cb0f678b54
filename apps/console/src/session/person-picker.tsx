import { AgentId } from '@baton/schema';
import { useMutation } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useAgents, useInvalidateAgents } from '../agents/use-agents.ts';
import { useBaton } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { SignInLayout } from './sign-in-layout.tsx';
import { slugOf } from './slug-of.ts';
import { Notice } from '../ui/notice.tsx';

type PersonPickerProps = { mayRegister: boolean; onPicked: () => Promise<void> };

/** Picks one of the human agents, or registers a new one where the role may. */
export default function PersonPicker({ mayRegister, onPicked }: PersonPickerProps) {
  const { api } = useBaton();
  const agents = useAgents();
  const refreshAgents = useInvalidateAgents();
  const [name, setName] = useState('');
  const id = slugOf(name);

  const pick = useMutation({
    mutationFn: (agentId: AgentId) => api.session.actAs.mutate({ agentId }),
    onSuccess: onPicked,
  });
  const join = useMutation({
    mutationFn: async () => {
      const agent = await api.agents.register.mutate({
        id: AgentId.parse(id),
        kind: 'human',
        name: name.trim(),
      });
      await refreshAgents();
      return api.session.actAs.mutate({ agentId: agent.id });
    },
    onSuccess: onPicked,
  });
  const isBusy = pick.isPending || join.isPending;
  const error = pick.error ?? join.error;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (id !== '') join.mutate();
  }

  return (
    <SignInLayout title="Who are you?">
      <p className="mb-5 text-ink-2">What you say and do is shown to your team under this name.</p>
      {!agents.isLoaded && <SkeletonLines lines={3} />}
      {agents.people.length > 0 && (
        <ul className="mb-6 border-y border-line">
          {agents.people.map((person) => (
            <li key={person.id} className="border-b border-line last:border-b-0">
              <button
                type="button"
                disabled={isBusy}
                onClick={() => pick.mutate(person.id)}
                className="group flex h-11 w-full items-center gap-2.5 px-2 text-left hover:bg-hover"
              >
                <KindIcon kind="human" className="text-accent" />
                <span className="font-semibold">{person.name}</span>
                <span className="text-ink-3">{person.id}</span>
                <ArrowRight
                  size={16}
                  aria-hidden
                  className="quick ml-auto text-ink-3 opacity-0 group-hover:opacity-100"
                />
              </button>
            </li>
          ))}
        </ul>
      )}
      {!mayRegister && error !== null && <Notice message={errorMessage(error)} className="mt-2" />}
      {agents.isLoaded && mayRegister && (
        <form onSubmit={submit} className="flex flex-col gap-3">
          <TextField
            label={agents.people.length > 0 ? 'Somebody new' : 'Your name'}
            value={name}
            onChange={(event) => setName(event.target.value)}
            hint={id === '' ? 'As your team and your customers know you.' : `Your id will be ${id}.`}
            error={error === null ? undefined : errorMessage(error)}
            autoComplete="name"
          />
          <Button variant="primary" type="submit" disabled={isBusy || id === ''} className="self-start">
            Continue{name.trim() !== '' && ` as ${name.trim()}`}
          </Button>
        </form>
      )}
    </SignInLayout>
  );
}
