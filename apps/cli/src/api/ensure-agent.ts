import { isRefused } from '@baton/client';
import type { RegisterAgent } from '@baton/schema';
import type { z } from 'zod';
import type { Api } from './api-command.ts';

/** Registers an agent; one that exists stays as it is. */
export async function ensureAgent(api: Api, agent: z.input<typeof RegisterAgent>): Promise<void> {
  try {
    await api.agents.register.mutate(agent);
  } catch (error) {
    if (!isRefused(error, 'AGENT_EXISTS')) throw error;
  }
}
