/** Every key, for tooltips, the palette, the help and the listener. */
export const keyMap = {
  goInbox: { keys: 'g i', label: 'Go to Inbox', group: 'Go' },
  goWork: { keys: 'g w', label: 'Go to Work', group: 'Go' },
  goInsight: { keys: 'g n', label: 'Go to Insight', group: 'Go' },
  goSearch: { keys: 'g s', label: 'Go to Search', group: 'Go' },
  search: { keys: '/', label: 'Search', group: 'Go' },
  palette: { keys: 'mod+k', label: 'Everything, by typing', group: 'Go' },
  help: { keys: '?', label: 'All keys', group: 'Go' },
  back: { keys: 'Escape', label: 'Back', group: 'Go' },
  down: { keys: 'j', label: 'Next in the list', group: 'List' },
  up: { keys: 'k', label: 'Previous in the list', group: 'List' },
  open: { keys: 'Enter', label: 'Open', group: 'List' },
  reply: { keys: 'r', label: 'Reply', group: 'Conversation' },
  note: { keys: 'n', label: 'Internal note', group: 'Conversation' },
  takeOver: { keys: 't', label: 'Take over', group: 'Conversation' },
  handOver: { keys: 'h', label: 'Hand over', group: 'Conversation' },
  stage: { keys: 's', label: 'Move stage', group: 'Conversation' },
  qualification: { keys: 'q', label: 'Qualification', group: 'Conversation' },
  followUp: { keys: 'f', label: 'Schedule a follow-up', group: 'Conversation' },
  close: { keys: 'e', label: 'Close', group: 'Conversation' },
  send: { keys: 'mod+Enter', label: 'Send what is written', group: 'Conversation' },
} as const;

export const keyGroups = ['Go', 'List', 'Conversation'] as const;
