import { type Agent, type AgentKind, type Availability, RegisterAgent, UpdateAgent } from '@baton/schema';
import type { z } from 'zod';
import { slugOf } from '../session/slug-of.ts';

/** The form's fields as typed. */
export type AgentDraft = {
  name: string;
  /** Empty while it is derived from the name. */
  id: string;
  kind: AgentKind;
  roles: string;
  /** Empty for no limit. */
  capacity: string;
  availability: Availability;
  members: readonly string[];
};

export const NEW_AGENT: AgentDraft = {
  name: '',
  id: '',
  kind: 'human',
  roles: '',
  capacity: '',
  availability: 'available',
  members: [],
};

export function draftOf(agent: Agent): AgentDraft {
  return {
    name: agent.name,
    id: agent.id,
    kind: agent.kind,
    roles: agent.roles.join(', '),
    capacity: agent.capacity === null ? '' : String(agent.capacity),
    availability: agent.availability,
    members: agent.members,
  };
}

/** The typed id, or one derived from the name. */
export const idOf = ({ id, name }: AgentDraft): string => (id === '' ? slugOf(name) : id);

export type AgentErrors = Partial<Record<keyof AgentDraft, string>>;
export type Checked<Input> = { input: Input; errors: null } | { input: null; errors: AgentErrors };

const errorMessages: AgentErrors = {
  name: 'A name of 1 to 200 characters',
  id: 'A small letter first, then small letters, digits and _',
  capacity: 'A whole number from 0 to 100,000, or nothing for no limit',
  roles: 'At most 20 roles, of 64 characters each',
  members: 'At most 200 members',
};

function fieldsOf(draft: AgentDraft) {
  const roles = draft.roles
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
  const capacity = draft.capacity.trim();
  return {
    name: draft.name.trim(),
    roles: [...new Set(roles)],
    capacity: capacity === '' ? null : Number(capacity),
    availability: draft.availability,
    ...(draft.kind === 'queue' && { members: [...draft.members] }),
  };
}

function toChecked<Input>(parsed: z.ZodSafeParseResult<Input>): Checked<Input> {
  if (parsed.success) return { input: parsed.data, errors: null };
  const errors: AgentErrors = {};
  for (const { path } of parsed.error.issues) {
    const field = (Object.keys(NEW_AGENT) as (keyof AgentDraft)[]).find((key) => key === path[0]);
    if (field !== undefined) errors[field] = errorMessages[field] ?? 'This cannot be saved';
  }
  return { input: null, errors };
}

export function toRegister(draft: AgentDraft): Checked<RegisterAgent> {
  return toChecked(RegisterAgent.safeParse({ ...fieldsOf(draft), id: idOf(draft), kind: draft.kind }));
}

/** The id and kind cannot change. */
export function toUpdate(draft: AgentDraft): Checked<UpdateAgent> {
  return toChecked(UpdateAgent.safeParse({ ...fieldsOf(draft), id: draft.id }));
}
