import type { Role } from '@baton/schema';

/** What each role is for, for those who give it. */
export const roleLabels: Record<Role, { label: string; note: string }> = {
  viewer: { label: 'Viewer', note: 'Reads' },
  agent: { label: 'Agent', note: 'Works on conversations, as one agent' },
  manager: { label: 'Manager', note: 'Works for others too, and sets how the team works' },
  app: { label: 'App', note: 'Your own backend: acts for any agent, brings what customers say' },
  import: { label: 'Import', note: 'An app that also brings history in and exports it' },
  admin: { label: 'Admin', note: 'Everything, keys and privacy too' },
};
