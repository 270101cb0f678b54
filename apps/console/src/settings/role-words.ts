import type { Role } from '@baton/schema';

/** What each role is: for those who give it, and (`own`) for whoever has it. */
export const roleWords: Record<Role, { label: string; note: string; own: string }> = {
  viewer: { label: 'Viewer', note: 'Reads', own: 'You may read.' },
  agent: {
    label: 'Agent',
    note: 'Works on conversations, as one agent',
    own: 'You act on conversations, as yourself.',
  },
  manager: {
    label: 'Manager',
    note: 'Works for others too, and sets how the team works',
    own: 'You act on conversations, for others too, and set how the team works.',
  },
  app: {
    label: 'App',
    note: 'Your own backend: acts for any agent, brings what customers say',
    own: 'You act for any agent.',
  },
  import: {
    label: 'Import',
    note: 'An app that also brings history in and exports it',
    own: 'You act for any agent, bring history in and export it.',
  },
  admin: { label: 'Admin', note: 'Everything, keys and privacy too', own: 'You may do everything.' },
};
